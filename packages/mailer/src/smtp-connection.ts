import type { Connection, SendRawOptions, VerbOptions } from '@posthaste/bridge';
import type { ComposeOptions } from '@posthaste/mime';
import type { Capabilities, CommandResult, SaslMechanism } from '@posthaste/smtp-core';
import { adviceFor } from './advice.ts';
import { type Auth, Credentials, checkAuth } from './auth.ts';
import { namedListener } from './callback.ts';
import { Delivery } from './delivery.ts';
import { deliveryErrorOf } from './delivery-error.ts';
import type { DkimSigners } from './dkim-signer.ts';
import { maskedConnection, withoutSecrets } from './masked-connection.ts';
import type { EnvelopeInput, MessageInput, RawContent, SendOptions } from './message-input.ts';
import { definedOnly } from './option-check.ts';
import { prepare, snapshot } from './outgoing.ts';
import { OutgoingContent } from './outgoing-content.ts';
import type { Receipt } from './receipt.ts';
import { Secrets } from './secrets.ts';
import { checkSendOptions } from './send-check.ts';
import { checkConnectionOptions, type SmtpConnectionOptions } from './smtp-connection-options.ts';
import { transcriptListener } from './transcript-listener.ts';

/**
 * One SMTP session, verb by verb: Python's `smtplib.SMTP`, `SMTP_SSL` and `LMTP`.
 *
 * Open it with `SmtpConnection.open()`; with `manual: true` nothing is said after the server's greeting until you do.
 *
 * @example The dialogue by hand
 * ```ts
 * const smtp = await SmtpConnection.open({ hostname: 'smtp.example.org', port: 587, manual: true });
 * await smtp.ehlo();
 * await smtp.startTls();
 * await smtp.ehlo();
 * await smtp.login({ user: 'ann', pass: 'secret' });
 * await smtp.sendMessage({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' });
 * await smtp.quit();
 * ```
 */
export class SmtpConnection {
  /** The connection underneath. */
  readonly connection: Connection;
  readonly #compose: ComposeOptions | undefined;
  readonly #dkim: DkimSigners | undefined;
  readonly #manual: boolean;
  readonly #secrets: Secrets;

  /** @param options what `open()` was told; `secrets` are those shown to the server already */
  constructor(
    connection: Connection,
    options: Pick<SmtpConnectionOptions, 'compose' | 'dkim' | 'manual'> = {},
    secrets: Secrets = new Secrets(),
  ) {
    this.connection = maskedConnection(connection, secrets);
    this.#secrets = secrets;
    this.#compose = options.compose;
    this.#dkim = options.dkim;
    this.#manual = options.manual === true;
  }

  /**
   * Connects, and unless `manual` greets, upgrades and signs in.
   *
   * @throws MailerError `unknown-option` or `invalid-option`, before anything is opened
   * @throws SmtpError | ConnectError
   */
  static async open(options: SmtpConnectionOptions): Promise<SmtpConnection> {
    checkConnectionOptions(options);
    const { auth, compose: _compose, dkim: _dkim, onTranscript, ...rest } = definedOnly(options);
    const secrets = new Secrets();
    const signal = options.signal ?? new AbortController().signal;
    const mechanisms = auth && (await new Credentials(auth).mechanisms(signal, secrets));
    const { openConnection } = await import('./open-connection.ts');
    const opening = openConnection({
      ...rest,
      ...(onTranscript && { onTranscript: transcriptListener(onTranscript, secrets) }),
      ...(mechanisms && { auth: mechanisms }),
    });
    return new SmtpConnection(await withoutSecrets(opening, secrets), options, secrets);
  }

  /** What EHLO offered: upper-case keyword → parameters. */
  get capabilities(): Capabilities {
    return this.connection.capabilities;
  }

  /** Octets are encrypted by TLS. */
  get secure(): boolean {
    return this.connection.secure;
  }

  /** Whether the server offers an extension, by its EHLO keyword. */
  has(extension: string): boolean {
    return this.connection.has(extension);
  }

  /** EHLO, or LHLO under LMTP (RFC 5321 §4.1.1.1). */
  ehlo(options?: VerbOptions): Promise<CommandResult> {
    return this.connection.ehlo(options);
  }

  /** HELO, which offers no extensions. */
  helo(options?: VerbOptions): Promise<CommandResult> {
    return this.connection.helo(options);
  }

  /** EHLO, or HELO where the server knows no better, unless that was done. */
  ensureGreeted(options?: VerbOptions): Promise<void> {
    return this.connection.ensureGreeted(options);
  }

  /** STARTTLS (RFC 3207); greet again afterwards. */
  startTls(options?: VerbOptions): Promise<CommandResult> {
    return this.connection.startTls(options);
  }

  /** AUTH with one mechanism (RFC 4954). */
  authenticate(mechanism: SaslMechanism, options?: VerbOptions): Promise<CommandResult> {
    return this.connection.authenticate(mechanism, options);
  }

  /**
   * Signs in with the first mechanism that the server offers, greeting it first if need be.
   *
   * @throws SmtpError `auth`: refused, or nothing in common
   */
  async login(auth: Auth, options: VerbOptions = {}): Promise<CommandResult> {
    checkAuth(auth);
    await this.ensureGreeted(options);
    const offered = this.capabilities.get('AUTH') ?? [];
    const signal = options.signal ?? new AbortController().signal;
    const mechanisms = await new Credentials(auth).mechanisms(signal, this.#secrets);
    const mechanism = mechanisms.find(({ name }) => offered.includes(name));
    if (mechanism) return this.authenticate(mechanism, options);
    const { SmtpError } = await import('@posthaste/smtp-core/error');
    throw new SmtpError('auth', 'auth', 'Choose another mechanism: the server offers none of those wanted', {
      reason: 'auth-unavailable',
    });
  }

  /**
   * MAIL FROM (RFC 5321 §4.1.1.2).
   *
   * @param parameters such as `SIZE=1000`, written as they are
   */
  mail(from: string, parameters?: readonly string[], options?: VerbOptions): Promise<CommandResult> {
    return this.connection.mail(from, parameters, options);
  }

  /**
   * RCPT TO (RFC 5321 §4.1.1.3).
   *
   * @param parameters such as `NOTIFY=NEVER`, written as they are
   */
  rcpt(to: string, parameters?: readonly string[], options?: VerbOptions): Promise<CommandResult> {
    return this.connection.rcpt(to, parameters, options);
  }

  /** DATA, the content and its end (RFC 5321 §4.1.1.4). */
  data(content: Uint8Array | ReadableStream<Uint8Array>, options?: SendRawOptions): Promise<CommandResult> {
    return this.connection.data(content, options);
  }

  /** RSET: the transaction in progress is void. */
  rset(options?: VerbOptions): Promise<void> {
    return this.connection.rset(options);
  }

  /** NOOP: whether the server still answers. */
  noop(options?: VerbOptions): Promise<CommandResult> {
    return this.connection.noop(options);
  }

  /** HELP, about a topic where one is given. */
  help(topic?: string, options?: VerbOptions): Promise<CommandResult> {
    return this.connection.help(topic, options);
  }

  /** VRFY: many servers answer 252, which says nothing. */
  vrfy(address: string, options?: VerbOptions): Promise<CommandResult> {
    return this.connection.vrfy(address, options);
  }

  /** EXPN: the members of a list. */
  expn(list: string, options?: VerbOptions): Promise<CommandResult> {
    return this.connection.expn(list, options);
  }

  /** A command line of your own and its reply, whatever its code: `docmd`. */
  command(line: string, options?: VerbOptions): Promise<CommandResult> {
    return this.connection.command(line, options);
  }

  /**
   * Sends ready-made octets: `sendmail`.
   *
   * @returns the receipt, with one entry for every recipient, refused ones included
   * @throws DeliveryError when nobody was accepted for sure
   */
  sendRaw(
    envelope: EnvelopeInput,
    raw: RawContent,
    options: Omit<SendOptions, 'envelope' | 'allOrNothing'> = {},
  ): Promise<Receipt> {
    return this.sendMessage({ raw, envelope }, options);
  }

  /**
   * Composes and sends a message: `send_message`.
   *
   * @throws DeliveryError when nobody was accepted for sure; MimeError | MailerError when it is not fit to be sent
   */
  async sendMessage(
    message: MessageInput,
    options: Omit<SendOptions, 'allOrNothing'> = {},
  ): Promise<Receipt> {
    const input = snapshot(message);
    checkSendOptions('sendMessage', options);
    const composer = await import('./composer.ts');
    const outgoing = await prepare(input, options, { composer, compose: this.#compose, dkim: this.#dkim });
    const delivery = new Delivery(outgoing.envelope, outgoing.messageId);
    const { signal, onProgress } = options;
    const verb = {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: namedListener('onProgress', onProgress) }),
    };
    delivery.begin();
    try {
      if (this.#manual) await this.ensureGreeted(signal && { signal });
      const content = await new OutgoingContent(outgoing).read();
      delivery.succeed(outgoing.envelope.to, await this.connection.sendRaw(outgoing.envelope, content, verb));
      return delivery.receipt();
    } catch (error) {
      delivery.fail(outgoing.envelope.to, error, signal);
      throw deliveryErrorOf(delivery.receipt(), adviceFor(error));
    }
  }

  /** QUIT, then closes. */
  quit(options?: VerbOptions): Promise<void> {
    return this.connection.quit(options);
  }

  /** Closes at once. */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** Says QUIT and closes, in a few seconds at most. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.connection[Symbol.asyncDispose]();
  }
}
