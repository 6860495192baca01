import type { Action, OpId, Phase } from './action.ts';
import { SmtpError } from './error.ts';
import type { Capabilities } from './extension.ts';
import { Handshake } from './handshake.ts';
import { MAX_BODY_OCTETS, replyTimeoutMs } from './limit.ts';
import { Operation } from './operation.ts';
import { Reception } from './reception.ts';
import type { Request, Session } from './session.ts';

/** The driver's side of a client machine: what to do next, and what came of it. */
export abstract class Dialogue {
  protected readonly session: Session;
  readonly #reception: Reception;
  /** What the driver was last asked for. */
  #asked: Request | Operation | undefined;
  /** Ops that were decided while the driver still fetched their content; its answers may yet come. */
  #orphans = 0;

  constructor(session: Session) {
    this.session = session;
    this.#reception = new Reception(session);
    const handshake = new Handshake(session, 0);
    session.active.push(handshake);
    handshake.start();
  }

  /** What the session waits for, or would do next. */
  get state(): Phase {
    return this.session.phase;
  }

  /** What the last EHLO offered. */
  get capabilities(): Capabilities {
    return this.session.capabilities;
  }

  /** True once everything runs inside TLS. */
  get secure(): boolean {
    return this.session.secure;
  }

  /** Says what to do next; ask again when it is done. */
  poll(): Action {
    const session = this.session;
    this.#decide();
    if (!session.pipeline.unwritten) session.advance();
    const data = session.pipeline.take();
    if (data !== undefined) return { type: 'write', data };
    const event = session.events.shift();
    if (event !== undefined) return { type: 'event', event };
    if (session.closed) return { type: 'close' };
    const { request } = session;
    if (request !== undefined) {
      this.#asked = request;
      if (request.type === 'starttls') return { type: 'starttls' };
      return { type: 'auth', mechanism: request.mechanism, challenge: request.challenge };
    }
    const op = session.current;
    if (op?.hungry) {
      if (this.#asked instanceof Operation && this.#asked !== op) this.#orphans++;
      this.#asked = op;
      return { type: 'body', op: op.id, max: MAX_BODY_OCTETS };
    }
    if (session.pipeline.size === 0) return { type: 'idle' };
    const { phase } = session;
    return { type: 'read', wait: { id: this.#reception.replies, phase, ms: replyTimeoutMs(phase) } };
  }

  /**
   * Takes what the server sent.
   *
   * @param bytes Octets as they came, or null when the server closed the connection.
   */
  receive(bytes: Uint8Array | null): void {
    if (bytes !== null) this.#reception.receive(bytes);
    else this.#end('disconnected');
  }

  /** The deadline of the last `read` has passed. */
  timeout(): void {
    this.#end('timeout');
  }

  /**
   * The socket failed.
   *
   * @param cause Whatever is known about it.
   */
  fail(cause?: unknown): void {
    this.#end('io', cause);
  }

  /** Answers `starttls`: the connection is encrypted now. */
  tlsStarted(): void {
    const request = this.#answer('starttls');
    if (request === undefined) return;
    const { session } = this;
    session.secure = true;
    session.capabilities = new Map();
    this.#reception.reset();
    request.answer(false);
    session.advance();
  }

  /**
   * Answers `starttls`: there is no TLS to be had.
   *
   * @param cause Whatever is known about it.
   */
  tlsFailed(cause?: unknown): void {
    this.#answer('starttls')?.answer(true, cause);
  }

  /**
   * Answers `auth`.
   *
   * @param response What the mechanism gave.
   */
  authRespond(response: Uint8Array): void {
    checkOctets(response);
    this.#answer('auth')?.answer(response);
  }

  /** Answers `auth`: the mechanism threw, and the exchange is to be cancelled. */
  authAbort(): void {
    this.#answer('auth')?.answer(undefined);
    this.session.advance();
  }

  /**
   * Answers `body`. The array must not change until the next `body` is asked for.
   *
   * @param chunk Octets of the message, or null at its end.
   * @param op The op that was asked for. A driver that polls while it fetches must name it: the op may have been
   *   decided meanwhile and the next one asked for, and an answer to the former is ignored.
   */
  body(chunk: Uint8Array | null, op?: OpId): void {
    if (chunk !== null) checkOctets(chunk);
    this.#source(op)?.body(chunk);
    this.session.advance();
  }

  /**
   * Answers `body`: the source failed. DATA can only be ended by closing the connection then, for a dot would
   * deliver what is there; with BDAT the session goes on.
   *
   * @param cause Whatever is known about it.
   * @param op The op that was asked for, as with `body`.
   */
  bodyAbort(cause?: unknown, op?: OpId): void {
    const advice = 'Look at the source of the message: it failed';
    this.#source(op)?.bodyAbort(new SmtpError('aborted', 'body', advice, { cause }));
    this.session.advance();
  }

  /** Decides about the reply to STARTTLS now that nothing came behind it. */
  #decide(): void {
    const { deferred } = this.session;
    this.session.deferred = undefined;
    deferred?.();
  }

  #end(kind: 'disconnected' | 'timeout' | 'io', cause?: unknown): void {
    const { session } = this;
    this.#decide();
    const { current, phase, closed } = session;
    if (closed) return;
    if (current?.leaving && kind !== 'timeout') session.leave(current);
    else session.die(new SmtpError(kind, phase, `Try again: the connection was lost (${kind})`, { cause }));
  }

  /** Takes what was asked for; undefined when the answer comes too late to matter. */
  #answer<T extends Request['type']>(type: T): Extract<Request, { type: T }> | undefined {
    const { session } = this;
    const asked = this.#asked;
    this.#asked = undefined;
    if (session.closed) return undefined;
    if (asked === undefined || asked instanceof Operation || asked.type !== type) refuse(type);
    session.request = undefined;
    return asked as Extract<Request, { type: T }>;
  }

  #source(op: OpId | undefined): Operation | undefined {
    const asked = this.#asked;
    if (this.session.closed) return undefined;
    if (asked instanceof Operation && (op ?? asked.id) === asked.id) {
      this.#asked = undefined;
      return asked.hungry ? asked : undefined;
    }
    if (this.#orphans-- === 0) refuse('body');
    return undefined;
  }
}

function refuse(type: string): never {
  throw new TypeError(`Answer what poll() asked for, which was not ${type}`);
}

function checkOctets(value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new TypeError('Give octets as a Uint8Array');
}
