import type { Question, ServerEvent, SmtpServer } from '@posthaste/smtp-core';
import { Deadline } from './deadline.ts';
import { record, report, voided } from './handler-report.ts';
import { Reception } from './reception.ts';
import type { Answer, Refusal, ServeHandler, ServeSession } from './serve-handler.ts';
import type { Socket } from './socket.ts';
import { Wire, type WireListener } from './wire.ts';

/** How long a TLS handshake may take, in milliseconds. */
const tlsMs = 30_000;
/** How long the client may take for our replies, in milliseconds. */
const writeMs = 180_000;
/** How long a message that is being received may hold up an end that was asked for, in milliseconds. */
const stopMs = 1000;

const localError: Refusal = { code: 451, text: 'Local error in processing', enhanced: '4.3.0' };

export interface ServeOptions {
  /** Ends the session with 421, at once unless a message is being received. */
  readonly signal?: AbortSignal;
}

/**
 * Obeys a server machine on a socket until the session is over, and asks the handler what to answer. It settles when
 * the socket is closed, and never rejects: what goes wrong is told to `handler.onError`.
 *
 * @example A server in memory
 * ```ts
 * const connect = memoryConnect(socket => serve(new SmtpServer({ serverName: 'mx.test' }), socket, handler));
 * ```
 */
export function serve(
  machine: SmtpServer,
  socket: Socket,
  handler: ServeHandler,
  { signal }: ServeOptions = {},
): Promise<void> {
  const drive = new ServerDrive(machine, socket, handler);
  const onAbort = () => drive.stop();
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  return drive.run().finally(() => signal?.removeEventListener('abort', onAbort));
}

class ServerDrive implements WireListener {
  readonly #machine: SmtpServer;
  readonly #socket: Socket;
  readonly #handler: ServeHandler;
  readonly #session: { -readonly [Key in keyof ServeSession]: ServeSession[Key] };
  readonly #reception: Reception;
  readonly #deadline = new Deadline();
  readonly #stopping = new Deadline();
  #wire: Wire | undefined;
  #pumping = false;
  #asking = false;
  #ended = false;
  #settle!: () => void;

  constructor(machine: SmtpServer, socket: Socket, handler: ServeHandler) {
    this.#machine = machine;
    this.#socket = socket;
    this.#handler = handler;
    this.#session = { secure: socket.secureTransport === 'on', authenticated: false };
    this.#reception = new Reception(handler, this.#session, () => this.#pump());
  }

  async run(): Promise<void> {
    try {
      const { remoteAddress } = await this.#socket.opened;
      if (remoteAddress !== undefined) this.#session.remoteAddress = remoteAddress;
    } catch (error) {
      this.#tell(error);
      return this.#socket.close().catch(() => {});
    }
    const ended = new Promise<void>(resolve => {
      this.#settle = resolve;
    });
    this.#wire = new Wire(this.#socket, this);
    this.#pump();
    return ended;
  }

  /** Ends the session; the client is told 421. */
  stop(): void {
    this.#machine.shutdown();
    if (this.#wire === undefined) this.#socket.close().catch(() => {});
    else this.#pump();
    if (!this.#ended) this.#stopping.arm(this, stopMs, () => this.#end());
  }

  onRead(octets: Uint8Array | null): void {
    this.#machine.receive(octets);
    this.#pump();
  }

  onWritten(): void {
    this.#pump();
  }

  onFailure(error: unknown): void {
    this.#tell(error);
    this.#machine.fail();
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#obey());
    this.#pumping = false;
  }

  /** Takes one action; false when nothing more can be done for now. */
  #obey(): boolean {
    const wire = this.#wire!;
    if (wire.busy && !this.#ended) {
      this.#deadline.arm('write', writeMs, this.#expire);
      return false;
    }
    // A slow handler makes the client wait.
    if (this.#reception.full) return false;
    const action = this.#machine.poll();
    if (this.#ended && action.type !== 'event') return false;
    switch (action.type) {
      case 'write':
        wire.hold(action.data);
        return true;
      case 'event':
        this.#onEvent(action.event);
        return true;
      case 'read':
        wire.flush();
        wire.read();
        this.#deadline.arm(action.wait.id, action.wait.ms, this.#expire);
        return false;
      case 'ask':
        this.#deadline.rest();
        wire.flush();
        this.#ask(action.question);
        return false;
      case 'starttls':
        this.#deadline.clear();
        wire.flush();
        if (!wire.busy) this.#upgrade();
        return false;
      case 'close':
        this.#end();
        return false;
    }
  }

  readonly #expire = (): void => {
    this.#machine.timeout();
    this.#pump();
    this.#end();
  };

  #onEvent(event: ServerEvent): void {
    switch (event.type) {
      case 'content':
        this.#reception.push(event.data);
        break;
      case 'reset':
        this.#reception.reset();
        voided(this.#handler, this.#session);
        break;
      case 'secure':
        this.#session.secure = true;
        break;
      case 'authenticated':
        this.#session.authenticated = true;
        break;
      case 'command':
        this.#record('in', event.redacted);
        break;
      case 'reply':
        for (const line of event.text.split('\r\n')) this.#record('out', line);
        break;
      case 'end':
        this.#record('note', `Ended: ${event.reason}`);
    }
  }

  async #ask(question: Question): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    let answer: Answer;
    try {
      if (question.type === 'hello') this.#session.clientName = question.name;
      answer = await this.#reception.decide(question);
    } catch (error) {
      this.#tell(error);
      answer = localError;
    }
    this.#asking = false;
    if (this.#ended) return;
    try {
      this.#give(answer);
    } catch (error) {
      this.#tell(error);
      this.#give(localError);
    }
    this.#pump();
  }

  #give(answer: Answer): void {
    if (typeof answer === 'string') this.#machine.accept(answer);
    else if (answer === undefined) this.#machine.accept();
    else if ('challenge' in answer) this.#machine.challenge(answer.challenge);
    else this.#machine.reject(answer.code, answer.text, answer.enhanced);
  }

  async #upgrade(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const info = await this.#wire!.upgrade(tlsMs);
      if (info === undefined) throw new Error('The TLS handshake took too long');
      this.#machine.tlsStarted();
    } catch (error) {
      this.#tell(error);
      this.#machine.tlsFailed();
    }
    this.#asking = false;
    this.#pump();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline.clear();
    this.#stopping.clear();
    this.#reception.reset();
    this.#wire?.close().then(this.#settle);
  }

  #record(direction: 'in' | 'out' | 'note', text: string): void {
    record(this.#handler, { direction, text }, this.#session);
  }

  #tell(error: unknown): void {
    report(this.#handler, error, this.#session);
  }
}
