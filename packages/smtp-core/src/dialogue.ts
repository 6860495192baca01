import type { Action, Phase } from './action.ts';
import { SmtpError } from './error.ts';
import type { Capabilities } from './extension.ts';
import { Handshake } from './handshake.ts';
import { MAX_BODY_OCTETS } from './limit.ts';
import { Operation } from './operation.ts';
import { Reception } from './reception.ts';
import type { Request, Session } from './session.ts';

/** The driver's side of a client machine: what to do next, and what came of it. */
export abstract class Dialogue {
  protected readonly session: Session;
  readonly #reception: Reception;
  /** What the driver was last asked for. */
  #asked: Request | Operation | undefined;

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
    const op = session.active.at(-1);
    if (op?.hungry) {
      this.#asked = op;
      return { type: 'body', op: op.id, max: MAX_BODY_OCTETS };
    }
    return session.pipeline.size > 0 ? { type: 'read', wait: session.wait } : { type: 'idle' };
  }

  /**
   * Takes what the server sent.
   *
   * @param bytes Octets as they came, or null when the server closed the connection.
   */
  receive(bytes: Uint8Array | null): void {
    if (bytes !== null) this.#reception.receive(bytes);
    else this.#end('disconnected', 'Try again: the server closed the connection');
  }

  /** The deadline of the last `read` has passed. */
  timeout(): void {
    this.#end('timeout', 'Try again: the server took too long');
  }

  /**
   * The socket failed.
   *
   * @param cause Whatever is known about it.
   */
  fail(cause?: unknown): void {
    this.#end('io', 'Try again: the connection failed', cause);
  }

  /** Answers `starttls`: the connection is encrypted now. */
  tlsStarted(): void {
    const request = this.#answer('starttls');
    if (request === undefined) return;
    const session = this.session;
    session.secure = true;
    session.capabilities = new Map();
    this.#reception.reset();
    request.started();
    session.advance();
  }

  /**
   * Answers `starttls`: there is no TLS to be had.
   *
   * @param cause Whatever is known about it.
   */
  tlsFailed(cause?: unknown): void {
    this.#answer('starttls')?.failed(cause);
  }

  /**
   * Answers `auth`.
   *
   * @param response What the mechanism gave.
   */
  authRespond(response: Uint8Array): void {
    checkOctets(response);
    this.#answer('auth')?.respond(response);
  }

  /** Answers `auth`: the mechanism threw, and the exchange is to be cancelled. */
  authAbort(): void {
    this.#answer('auth')?.abort();
  }

  /**
   * Answers `body`. The array must not change until the next `body` is asked for.
   *
   * @param chunk Octets of the message, or null at its end.
   */
  body(chunk: Uint8Array | null): void {
    if (chunk !== null) checkOctets(chunk);
    this.#source()?.body(chunk);
    this.session.advance();
  }

  /**
   * Answers `body`: the source failed. DATA can only be ended by closing the connection then, for a dot would
   * deliver what is there; with BDAT the session goes on.
   *
   * @param cause Whatever is known about it.
   */
  bodyAbort(cause?: unknown): void {
    this.#source()?.bodyAbort(cause);
    this.session.advance();
  }

  /** Decides about the reply to STARTTLS now that nothing came behind it. */
  #decide(): void {
    const { deferred } = this.session;
    this.session.deferred = undefined;
    deferred?.();
  }

  #end(kind: 'disconnected' | 'timeout' | 'io', advice: string, cause?: unknown): void {
    const session = this.session;
    this.#decide();
    if (session.closed || (kind !== 'timeout' && session.active.at(-1)?.disconnected())) return;
    session.die(new SmtpError(kind, session.phase, advice, { cause }));
  }

  /** Takes what was asked for; undefined when the answer comes too late to matter. */
  #answer<T extends Request['type']>(type: T): Extract<Request, { type: T }> | undefined {
    const session = this.session;
    const asked = this.#asked;
    this.#asked = undefined;
    if (session.closed) return undefined;
    if (asked === undefined || asked instanceof Operation || asked.type !== type)
      throw new TypeError(`Answer what poll() asked for: there is no ${type} to answer`);
    if (session.request !== asked) return undefined;
    session.request = undefined;
    return asked as Extract<Request, { type: T }>;
  }

  #source(): Operation | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    if (this.session.closed) return undefined;
    if (!(asked instanceof Operation))
      throw new TypeError('Answer what poll() asked for: there is no body to answer');
    return asked.hungry ? asked : undefined;
  }
}

function checkOctets(value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new TypeError('Give octets as a Uint8Array');
}
