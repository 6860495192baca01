import type { SmtpClient, SmtpError, SmtpEvent } from '@posthaste/smtp-core';
import { adviceFor, connectFailure } from './connect/failure.ts';
import { Connection } from './connection.ts';
import { Deadline, within } from './deadline.ts';
import { Drive, type PhaseTimeouts } from './drive.ts';
import { ConnectError } from './error.ts';
import { listenerError, Session, type SessionListener } from './session.ts';
import type { Endpoint, SecureTransport, Socket, TlsInfo } from './socket.ts';
import type { TransactionNaming } from './transaction-naming.ts';
import { replyLines, type TranscriptLine } from './transcript.ts';

/** How long a silent port is asked whether it waits for TLS, in milliseconds. */
const probeMs = 5000;
/**
 * How long a greeting may keep us waiting before we ask, in milliseconds: servers that hold it back to see who cannot
 * wait do so for 5 or 6 seconds as a rule, and may punish whoever speaks before them.
 */
const suspicionMs = 10_000;

/** What an opening needs to know beside its machine and its socket. */
export interface OpeningOptions {
  readonly endpoint: Endpoint;
  readonly secureTransport: SecureTransport;
  /** Opens another connection to the same port, with TLS; undefined where there would be no other one. */
  readonly connectWithTls: ((signal: AbortSignal) => Socket) | undefined;
  readonly timeouts: PhaseTimeouts;
  /** The handshake names this machine to the server. */
  readonly greeted: boolean;
  readonly naming: TransactionNaming;
  /** Jobs the machine may hold at a time. */
  readonly ahead: number;
  readonly signal: AbortSignal | undefined;
  readonly onTranscript: ((line: TranscriptLine) => void) | undefined;
}

/** A session from its socket to the end of its handshake, and why it came to nothing when it did. */
export class Opening implements SessionListener {
  readonly #options: OpeningOptions;
  readonly #machine: SmtpClient;
  readonly #drive: Drive;
  readonly #session: Session;
  #failure: { readonly step: 'socket' | 'tls' | 'auth'; readonly error: unknown } | undefined;
  #heard = false;
  #metTls = false;
  #probing: Promise<boolean> | undefined;
  /** Ends the question whether the port speaks TLS. */
  #over: AbortController | undefined;
  readonly #suspicion = new Deadline();
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  readonly #decided: Promise<void>;

  constructor(machine: SmtpClient, socket: Socket, options: OpeningOptions) {
    this.#options = options;
    this.#machine = machine;
    this.#decided = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#session = new Session(machine, this, options.ahead);
    this.#drive = new Drive(machine, socket, this.#session, options.timeouts);
  }

  /** The connection, once its handshake is complete. */
  async ready(): Promise<Connection> {
    const { signal, endpoint } = this.#options;
    const onAbort = () => {
      this.#reject(new ConnectError('aborted', endpoint, { cause: signal!.reason }));
      this.#drive.fail(signal!.reason);
    };
    signal?.addEventListener('abort', onAbort);
    this.#drive.pump();
    this.#suspicion.arm(this, suspicionMs, () => this.#suspectTls());
    try {
      if (signal?.aborted) onAbort();
      await this.#decided;
      const { fault } = this.#session;
      if (fault !== undefined) throw listenerError(this.#machine.state, fault);
      return new Connection(this.#machine, this.#session, this.#drive, this.#options);
    } finally {
      this.#suspicion.clear();
      this.#over?.abort();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  onReady(): void {
    this.#resolve();
  }

  onRefused(error: SmtpError): void {
    this.#explain(error).then(this.#reject, this.#reject);
  }

  onReply({ redacted, reply }: Extract<SmtpEvent, { type: 'reply' }>): void {
    if (this.#options.onTranscript === undefined) return;
    if (redacted !== '') this.#record({ direction: 'out', text: redacted });
    for (const line of replyLines(reply)) this.#record(line);
  }

  onFirstOctets(octets: Uint8Array): void {
    this.#heard = true;
    // A handshake or an alert, then the major version of every TLS there is (RFC 8446 §5.1).
    this.#metTls = (octets[0] === 0x16 || octets[0] === 0x15) && (octets.length < 2 || octets[1] === 0x03);
  }

  onSecure(info: TlsInfo | undefined): void {
    const terms = [info?.protocol, info?.cipher].filter(Boolean).join(', ');
    this.#record({ direction: 'note', text: terms === '' ? 'TLS' : `TLS: ${terms}` });
  }

  onFailure(step: 'socket' | 'tls' | 'auth', error: unknown): void {
    this.#failure ??= { step, error };
  }

  onEnd(): void {
    this.#record({ direction: 'note', text: 'Closed' });
  }

  onGivenUp(error: unknown): void {
    this.#drive.fail(error);
  }

  /** A listener that threw hears no more of this session, which ends. */
  #record(line: TranscriptLine): void {
    if (this.#session.fault !== undefined) return;
    try {
      this.#options.onTranscript?.(line);
    } catch (error) {
      this.#session.giveUp(error);
    }
  }

  /** The error that says most about a handshake that failed. */
  async #explain(error: SmtpError): Promise<unknown> {
    const { endpoint, secureTransport } = this.#options;
    if (error.kind === 'tls' && this.#failure?.step === 'tls') {
      return connectFailure(this.#failure.error, endpoint, 'starttls');
    }
    if (secureTransport === 'on' || error.phase !== 'greeting') return error;
    const silent = error.kind === 'timeout' || error.kind === 'disconnected';
    if (this.#metTls || (silent && (await this.#speaksTls()))) return this.#wrongMode({ cause: error });
    return error;
  }

  #wrongMode(options: { readonly cause?: SmtpError } = {}): ConnectError {
    const { endpoint, secureTransport } = this.#options;
    const advice = adviceFor('wrong-tls-mode', endpoint, secureTransport);
    return new ConnectError('wrong-tls-mode', endpoint, { ...options, advice });
  }

  /** A port that speaks TLS will never greet in the clear; one that does not may still do so. */
  async #suspectTls(): Promise<void> {
    const { secureTransport, endpoint } = this.#options;
    // These begin in the clear (RFC 3207 §2, RFC 6409 §3.1), and are where greetings are held back.
    const clear = endpoint.port === 25 || endpoint.port === 587;
    if (this.#heard || secureTransport === 'on' || clear) return;
    if (!(await this.#speaksTls()) || this.#heard) return;
    this.#reject(this.#wrongMode());
    this.#drive.fail(undefined);
  }

  /**
   * Asks a port that gave no greeting whether it waits for TLS: both sides of a wrong mode wait for each other. It is
   * asked once.
   */
  #speaksTls(): Promise<boolean> {
    this.#probing ??= this.#probe();
    return this.#probing;
  }

  async #probe(): Promise<boolean> {
    const { connectWithTls, signal, timeouts } = this.#options;
    if (signal?.aborted || connectWithTls === undefined) return false;
    try {
      this.#over = new AbortController();
      const socket = connectWithTls(this.#over.signal);
      const opened = await within(socket.opened, Math.min(timeouts.greeting ?? probeMs, probeMs)).finally(
        () => socket.close().catch(() => {}),
      );
      return opened !== undefined;
    } catch (error) {
      // Whoever shows a certificate, good or bad, speaks TLS.
      return (
        error instanceof ConnectError && ['tls-untrusted', 'tls-expired', 'tls-hostname'].includes(error.code)
      );
    }
  }
}
