import {
  type Capabilities,
  type CommandResult,
  type Envelope,
  type SaslMechanism,
  type SendResult,
  type SmtpClient,
  SmtpError,
} from '@posthaste/smtp-core';
import type { Content } from './content.ts';
import { contentJob } from './content-job.ts';
import { within } from './deadline.ts';
import type { Drive } from './drive.ts';
import { login } from './login.ts';
import type { Job, Session } from './session.ts';
import type { TransactionNaming } from './transaction-naming.ts';
import type { SendRawOptions, VerbOptions } from './verb-options.ts';

type JobExtras = Pick<Job, 'content' | 'onSent' | 'name'>;

/** How long `Symbol.asyncDispose` waits for a polite end, in milliseconds. */
const farewellMs = 2000;

/** Replies to EHLO after which HELO is worth a try (RFC 5321 §3.2). */
const ehloUnknown: readonly number[] = [500, 501, 502, 504];

/** An SMTP session over a socket; `openConnection` makes one. Verbs queue: each may be called while others run. */
export class Connection {
  /** Settles when the socket is closed; never rejects. */
  readonly closed: Promise<void>;
  readonly #machine: SmtpClient;
  readonly #session: Session;
  readonly #drive: Drive;
  readonly #naming: TransactionNaming;
  /** The server knows our name. */
  #greeted: boolean;

  /** @param greeted The handshake is complete, and was more than the server's greeting. */
  constructor(
    machine: SmtpClient,
    session: Session,
    drive: Drive,
    { greeted, naming }: { readonly greeted: boolean; readonly naming: TransactionNaming },
  ) {
    this.#greeted = greeted;
    this.#machine = machine;
    this.#session = session;
    this.#drive = drive;
    this.#naming = naming;
    this.closed = drive.closed;
  }

  /** The session has not ended: more can be asked of it. */
  get open(): boolean {
    return !this.#drive.ended && this.#session.fault === undefined;
  }

  /** Octets are encrypted by TLS. */
  get secure(): boolean {
    return this.#machine.secure;
  }

  /** Messages can be sent under names: the connection goes through a relay in submit mode. */
  get namesTransactions(): boolean {
    return this.#naming.possible;
  }

  /** What EHLO offered: upper-case keyword → parameters. */
  get capabilities(): Capabilities {
    return this.#machine.capabilities;
  }

  /** Whether the server offers an extension, by its EHLO keyword (RFC 5321 §2.2). */
  has(extension: string): boolean {
    return this.capabilities.has(extension.toUpperCase());
  }

  /**
   * Sends one message, its octets as they are but for line ends; resolves once the server took it for someone.
   *
   * @throws {SmtpError} The server's refusal, or how the session ended; see its `kind`, `deliveryUnknown`.
   * @throws {KnownTransactionError} The relay knows the message by its name; nothing was sent.
   *
   * @example
   * ```ts
   * const { accepted } = await connection.sendRaw({ from: 'ann@example.org', to: ['bob@example.net'] }, octets);
   * ```
   */
  async sendRaw(envelope: Envelope, content: Content, options: SendRawOptions = {}): Promise<SendResult> {
    const work = contentJob(content, options, envelope.size);
    if (!this.#greeted) await this.ensureGreeted(options).catch(error => work.content.refuse(error));
    return this.#naming.begin(options.transaction, named =>
      this.#run(machine => machine.send(envelope), options, { ...work, ...named }),
    ) as Promise<SendResult>;
  }

  /** EHLO, or LHLO under LMTP; for `manual` connections. */
  ehlo(options?: VerbOptions): Promise<CommandResult> {
    return this.#greet(machine => machine.hello(), options);
  }

  /** HELO, which offers no extensions; for `manual` connections. */
  helo(options?: VerbOptions): Promise<CommandResult> {
    return this.#greet(machine => machine.hello('HELO'), options);
  }

  /**
   * EHLO, or HELO where the server knows no better (RFC 5321 §3.2), unless that was done.
   *
   * @throws {SmtpError} `reply`: the server will have neither.
   */
  async ensureGreeted(options?: VerbOptions): Promise<void> {
    if (this.#greeted) return;
    let result = await this.ehlo(options);
    if (ehloUnknown.includes(result.code)) result = await this.helo(options);
    if (this.#greeted) return;
    const { reply } = result;
    throw new SmtpError('reply', 'hello', 'Ask the operator: the server turned the greeting down', { reply });
  }

  /** STARTTLS (RFC 3207), after which the server must be greeted again; for `manual` connections. */
  startTls(options?: VerbOptions): Promise<CommandResult> {
    return this.#command(machine => machine.startTls(), options).finally(() => {
      this.#greeted = false;
    });
  }

  /** AUTH with one fresh mechanism (RFC 4954); for `manual` connections. */
  authenticate(mechanism: SaslMechanism, options?: VerbOptions): Promise<CommandResult> {
    return this.#command(machine => machine.authenticate(mechanism), options);
  }

  /** Signs in with the first mechanism that the server takes, each a fresh one; for `manual` connections. */
  async login(mechanisms: readonly SaslMechanism[], options?: VerbOptions): Promise<CommandResult> {
    await this.ensureGreeted(options);
    return login(this, mechanisms, options);
  }

  /**
   * MAIL FROM; for `manual` connections.
   *
   * @param parameters Such as `SIZE=1000`, written as they are.
   */
  mail(from: string, parameters: readonly string[] = [], options?: VerbOptions): Promise<CommandResult> {
    const start = (machine: SmtpClient) => machine.mail(from, parameters);
    return this.#naming.begin(undefined, named => this.#command(start, options, named));
  }

  /**
   * RCPT TO; for `manual` connections.
   *
   * @param parameters Such as `NOTIFY=NEVER`, written as they are.
   */
  rcpt(to: string, parameters: readonly string[] = [], options?: VerbOptions): Promise<CommandResult> {
    return this.#command(machine => machine.rcpt(to, parameters), options);
  }

  /** DATA, the content and its end; for `manual` connections. */
  async data(content: Content, options: SendRawOptions = {}): Promise<CommandResult> {
    return this.#command(machine => machine.data(), options, contentJob(content, options));
  }

  /** RSET: the transaction in progress is void. */
  async rset(options?: VerbOptions): Promise<void> {
    await this.#run(machine => machine.reset(), options);
  }

  noop(options?: VerbOptions): Promise<CommandResult> {
    return this.command('NOOP', options);
  }

  help(topic = '', options?: VerbOptions): Promise<CommandResult> {
    return this.command(topic === '' ? 'HELP' : `HELP ${topic}`, options);
  }

  vrfy(address: string, options?: VerbOptions): Promise<CommandResult> {
    return this.command(`VRFY ${address}`, options);
  }

  expn(list: string, options?: VerbOptions): Promise<CommandResult> {
    return this.command(`EXPN ${list}`, options);
  }

  /**
   * Sends a command line of your own and gives its reply, whatever its code.
   *
   * @param line Without its line end. Verbs that change the session have methods of their own and are refused here.
   * @throws {SmtpError} `invalid-argument`: a control character, or such a verb.
   */
  command(line: string, options?: VerbOptions): Promise<CommandResult> {
    return this.#command(machine => machine.command(line), options);
  }

  /** QUIT after everything queued, then closes. */
  async quit(options?: VerbOptions): Promise<void> {
    if (!this.open) return this.closed;
    await this.#run(machine => machine.quit(), options);
    await this.close();
  }

  /** Closes at once; what is under way rejects. */
  close(): Promise<void> {
    this.#drive.fail(new Error('The connection was closed on this side'));
    return this.closed;
  }

  /** Says QUIT and closes, in a few seconds at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    await within(this.quit(), farewellMs).catch(() => {});
    await this.close();
  }

  async #greet(start: Job['start'], options?: VerbOptions): Promise<CommandResult> {
    const result = await this.#command(start, options);
    this.#greeted = result.code < 400;
    return result;
  }

  #command(start: Job['start'], options?: VerbOptions, more?: JobExtras): Promise<CommandResult> {
    return this.#run(start, options, more) as Promise<CommandResult>;
  }

  #run(start: Job['start'], { signal }: VerbOptions = {}, more: JobExtras = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settled = () => signal?.removeEventListener('abort', onAbort);
      const job: Job = {
        ...more,
        start,
        resolve: result => {
          settled();
          resolve(result);
        },
        reject: error => {
          settled();
          reject(error);
        },
      };
      const onAbort = () => {
        this.#session.abort(job, signal!.reason);
        this.#drive.pump();
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort);
      this.#session.add(job);
      this.#drive.pump();
    });
  }
}
