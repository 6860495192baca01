import type { Phase } from './action.ts';
import { CommandParser } from './command.ts';
import type { EnhancedStatus } from './enhanced-status.ts';
import type { ServerAction } from './server-action.ts';
import { ServerAuth } from './server-auth.ts';
import { redact, serve } from './server-command.ts';
import { ServerContent } from './server-content.ts';
import { type ServerOptions, serverSettings } from './server-options.ts';
import { REFUSALS } from './server-refusal.ts';
import { type PendingQuestion, ServerSession } from './server-session.ts';

/** Octets that may wait unread; a host that reads only when told to holds one segment. */
const MAX_UNREAD_OCTETS = 1_048_576;

/**
 * The server side of one SMTP, ESMTP or LMTP connection, without I/O: octets go in through `receive()`, decisions
 * come out of `poll()`, and whatever is policy is asked of the host (RFC 5321, RFC 2033).
 *
 * @example Take every message
 * ```ts
 * const server = new SmtpServer({ serverName: 's.test', extensions: ['PIPELINING', '8BITMIME'] });
 * for (let action = server.poll(); action.type !== 'close'; action = server.poll()) {
 *   if (action.type === 'write') await write(action.data);
 *   else if (action.type === 'ask') server.accept();
 *   else if (action.type === 'read') server.receive(await read(action.wait.ms));
 *   else if (action.type === 'event' && action.event.type === 'content') keep(action.event.data);
 * }
 * ```
 */
export class SmtpServer {
  readonly #session: ServerSession;
  readonly #commands: CommandParser;
  readonly #auth: ServerAuth;
  readonly #content: ServerContent;
  #inputEnded = false;
  #stopping = false;

  /**
   * @param options What the server is and offers; only `serverName` is needed.
   * @throws SmtpError `invalid-argument`, for an option that could not be written or obeyed.
   */
  constructor(options: ServerOptions) {
    const settings = serverSettings(options);
    this.#session = new ServerSession(settings);
    this.#commands = new CommandParser(settings.maxCommandOctets, this.#session.input);
    this.#auth = new ServerAuth(this.#session);
    this.#content = new ServerContent(this.#session);
  }

  /** The connection is inside TLS. */
  get secure(): boolean {
    return this.#session.secure;
  }

  /** The client has authenticated. */
  get authenticated(): boolean {
    return this.#session.authenticated;
  }

  /** Says what to do next; `ask`, `starttls`, `read` and `close` are repeated until something changes. */
  poll(): ServerAction {
    const { outbox } = this.#session;
    for (;;) {
      const action = outbox.next();
      if (action !== undefined) return action;
      const { pending, state, upgrading } = this.#session;
      if (pending !== undefined) return { type: 'ask', question: pending.question };
      if (state !== 'closed' && !upgrading && this.#advance()) continue;
      outbox.flush();
      const flushed = outbox.next();
      if (flushed !== undefined) return flushed;
      if (this.#session.state === 'closed') return { type: 'close' };
      return upgrading ? { type: 'starttls' } : this.#read();
    }
  }

  /**
   * Takes octets as they come, or null when the client will send no more; never throws. Octets are kept by
   * reference until polled.
   */
  receive(octets: Uint8Array | null): void {
    const { state, upgrading, input } = this.#session;
    if (state === 'closed') return;
    if (octets === null) {
      this.#inputEnded = true;
      return;
    }
    // Plaintext behind STARTTLS is not the client's word (RFC 3207 §4.2).
    if (upgrading) return;
    if (input.length > 0 && input.length + octets.length > MAX_UNREAD_OCTETS)
      this.#session.end('protocol', REFUSALS.floodedInput);
    else input.push(octets);
  }

  /**
   * Answers the question with yes.
   *
   * @param text Goes into the reply instead of the default.
   * @throws TypeError When nothing was asked.
   */
  accept(text?: string): void {
    this.#answer(({ accept }) => accept(text));
  }

  /**
   * Answers the question with no.
   *
   * @param code Reply code from 400 to 599; 421 also closes the connection.
   * @param text One line, or several with line ends between them.
   * @param enhanced Enhanced status, written when ENHANCEDSTATUSCODES is offered.
   * @throws TypeError When nothing was asked, or at another code.
   */
  reject(code: number, text: string, enhanced?: EnhancedStatus): void {
    if (!(Number.isInteger(code) && code >= 400 && code < 600))
      throw new TypeError(`Reject with a code from 400 to 599, not ${code}`);
    this.#answer(({ reject }) => reject(code, text, enhanced));
  }

  /**
   * Answers an `auth` question with another challenge (RFC 4954 §4).
   *
   * @param octets The challenge, before base64.
   * @throws TypeError When no `auth` question was asked.
   */
  challenge(octets: Uint8Array): void {
    if (this.#session.pending !== undefined && this.#session.pending.challenge === undefined)
      throw new TypeError('Answer with accept() or reject(): only an auth question takes a challenge');
    this.#answer(({ challenge }) => challenge!(octets));
  }

  /**
   * The upgrade that a `starttls` action asked for is done.
   *
   * @throws TypeError When no upgrade was asked for.
   */
  tlsStarted(): void {
    if (this.#upgradeAnswered()) this.#session.restart();
  }

  /**
   * The upgrade failed; the session is over.
   *
   * @throws TypeError When no upgrade was asked for.
   */
  tlsFailed(): void {
    if (this.#upgradeAnswered()) this.#session.end('tls');
  }

  /** The deadline of the last `read` action has passed. */
  timeout(): void {
    this.#session.end('timeout', REFUSALS.timeout);
  }

  /** The socket has failed: nothing can be written any more. */
  fail(): void {
    if (this.#session.state === 'closed') return;
    this.#session.outbox.clear();
    this.#session.end('disconnected');
  }

  /** Closes with 421 as soon as no message is being received and no question is open. */
  shutdown(): void {
    this.#stopping = true;
  }

  /** Understands the next piece of input; false when more is needed. */
  #advance(): boolean {
    const session = this.#session;
    if (this.#content.active && this.#content.step()) return true;
    if (!this.#content.active && this.#stopping) session.end('closed', REFUSALS.shuttingDown);
    else if (!this.#content.active && this.#nextLine()) return true;
    else if (this.#inputEnded) session.end('disconnected');
    return session.state === 'closed';
  }

  #nextLine(): boolean {
    if (this.#auth.active) return this.#auth.step();
    const session = this.#session;
    const command = this.#commands.next();
    if (command === undefined) return false;
    session.waitId++;
    if (typeof command === 'string') {
      session.outbox.event({ type: 'command', redacted: '***' });
      session.refuse(command === 'too-long' ? REFUSALS.lineTooLong : REFUSALS.unrecognised);
    } else {
      session.outbox.event({ type: 'command', redacted: redact(command) });
      const refusal = serve(command, { session, auth: this.#auth, content: this.#content });
      if (refusal !== undefined) session.refuse(refusal);
    }
    return true;
  }

  #read(): ServerAction {
    const { waitId: id, settings } = this.#session;
    const phase = this.#content.active ? 'body' : this.#auth.active ? 'auth' : 'command';
    return { type: 'read', wait: { id, phase: phase satisfies Phase, ms: settings.timeouts[phase] } };
  }

  /** An answer that comes too late, because the session has ended, is not the host's fault. */
  #answer(give: (pending: PendingQuestion) => void): void {
    const { pending, state } = this.#session;
    if (pending === undefined && state !== 'closed') throw new TypeError('Wait for a question: none is open');
    if (pending === undefined) return;
    this.#session.pending = undefined;
    give(pending);
  }

  #upgradeAnswered(): boolean {
    const { upgrading, state } = this.#session;
    if (!upgrading && state !== 'closed')
      throw new TypeError('Wait for a starttls action: no upgrade was asked for');
    return upgrading;
  }
}
