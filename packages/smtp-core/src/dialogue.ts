import type { Action, OpId, Phase } from './action.ts';
import { SmtpError } from './error.ts';
import type { Capabilities } from './extension.ts';
import { handshake } from './handshake.ts';
import { MAX_BODY_OCTETS, replyTimeoutMs } from './limit.ts';
import { Operation } from './operation.ts';
import { Reception } from './reception.ts';
import type { Request, Session } from './session.ts';
import type { Trigger } from './state.ts';

/** The driver's side of a client machine: what to do next, and what came of it. */
export abstract class Dialogue {
  protected readonly session: Session;
  readonly #reception: Reception;
  /** What the driver was last asked for: something, or the content of an operation. */
  #asked: Request | Operation | undefined;
  /** Ops that were decided while the driver still fetched their content; its answers may yet come. */
  #orphans = 0;

  constructor(session: Session) {
    this.session = session;
    this.#reception = new Reception(session);
    const op = new Operation(session, 0);
    op.story = handshake(op);
    op.at = 'greeting';
    session.active.push(op);
    op.story.next(undefined as never);
    session.advance();
    // The greeting answers no command, so it may come from now on.
    if (session.options.proxy === undefined) session.pipeline.take();
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
    const { session } = this;
    this.#decide();
    session.advance();
    const data = session.pipeline.take();
    if (data?.length) return { type: 'write', data };
    const event = session.events.shift();
    if (event !== undefined) return { type: 'event', event };
    if (session.closed) return { type: 'close' };
    const { request, current, phase } = session;
    if (request !== undefined) {
      this.#asked = request;
      return request;
    }
    if (current?.hungry) {
      if (this.#asked instanceof Operation && this.#asked !== current) this.#orphans++;
      this.#asked = current;
      return { type: 'body', op: current.id, max: MAX_BODY_OCTETS };
    }
    if (session.pipeline.next() === undefined) return { type: 'idle' };
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
    const { session } = this;
    if (!this.#answered('starttls')) return;
    session.secure = true;
    session.capabilities = new Map();
    this.#reception.reset();
    session.resume(session.current!, 'started');
  }

  /**
   * Answers `starttls`: there is no TLS to be had.
   *
   * @param cause Whatever is known about it.
   */
  tlsFailed(cause?: unknown): void {
    if (!this.#answered('starttls')) return;
    const fields = { reason: 'handshake', cause } as const;
    this.#giveUp(new SmtpError('tls', 'tls', 'Check the certificate: TLS failed', fields));
  }

  /**
   * Answers `auth`.
   *
   * @param response What the mechanism gave.
   */
  authRespond(response: Uint8Array): void {
    checkOctets(response);
    this.#respond('responded', response);
  }

  /** Answers `auth`: the mechanism threw, and the exchange is to be cancelled. */
  authAbort(): void {
    this.#respond('cancelled');
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
    const source = this.#source(op);
    if (source === undefined) return;
    source.content!.take(chunk);
    // With BDAT replies to earlier chunks may be due; they lead to the end by themselves.
    if (chunk === null && this.session.pipeline.next(source)!.phase === 'final') source.move('end', 'final');
  }

  /**
   * Answers `body`: the source failed. DATA can only be ended by closing the connection then, for a dot would
   * deliver what is there; with BDAT the session goes on.
   *
   * @param cause Whatever is known about it.
   * @param op The op that was asked for, as with `body`.
   */
  bodyAbort(cause?: unknown, op?: OpId): void {
    const source = this.#source(op);
    if (source === undefined) return;
    const error = new SmtpError('aborted', 'body', 'Look at the source of the message: it failed', { cause });
    if (source.chunked) {
      source.failure = error;
      if (!source.waiting) this.session.resume(source, 'failed');
    } else this.#giveUp(error);
  }

  /** Decides about the reply to STARTTLS now that nothing came behind it. */
  #decide(): void {
    const { session } = this;
    const { deferred } = session;
    session.deferred = undefined;
    if (deferred) session.resume(deferred.op, deferred.trigger, deferred);
  }

  #respond(trigger: Trigger, response?: Uint8Array): void {
    const { session } = this;
    if (!this.#answered('auth')) return;
    session.response = response;
    session.resume(session.current!, trigger);
  }

  #giveUp(error: SmtpError): void {
    const { session } = this;
    session.current!.move('failed', 'closed');
    session.die(error);
  }

  /** The connection is gone, which is just what QUIT asked for. */
  #end(kind: 'disconnected' | 'timeout' | 'io', cause?: unknown): void {
    const { session } = this;
    this.#decide();
    const { current, phase, closed } = session;
    if (closed) return;
    if (current?.leaving && kind !== 'timeout') {
      session.resume(current, 'any');
    } else session.die(new SmtpError(kind, phase, `Try again: the connection was lost (${kind})`, { cause }));
  }

  /** Takes note that what was asked for is here; false when it comes too late to matter. */
  #answered(type: Request['type']): boolean {
    const { session } = this;
    const asked = this.#asked;
    this.#asked = undefined;
    if (session.closed) return false;
    if (asked === undefined || asked instanceof Operation || asked.type !== type) refuse(type);
    session.request = undefined;
    return true;
  }

  #source(op: OpId | undefined): Operation | undefined {
    const asked = this.#asked;
    if (this.session.closed) return undefined;
    if (asked instanceof Operation && (op ?? asked.id) === asked.id) {
      this.#asked = undefined;
      return asked.unfinished ? asked : undefined;
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
