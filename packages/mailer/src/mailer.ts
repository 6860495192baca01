import type { ComposeOptions } from '@posthaste/mime';
import { abortable } from './abortable.ts';
import { adviceFor } from './advice.ts';
import type { Backend, Outgoing } from './backend.ts';
import { Delivery } from './delivery.ts';
import { deliveryErrorOf } from './delivery-error.ts';
import type { DkimSigners } from './dkim-signer.ts';
import { MailerError } from './error.ts';
import type { MessageInput, SendOptions } from './message-input.ts';
import { type Composer, prepare, snapshot } from './outgoing.ts';
import { guarded } from './progress-guard.ts';
import type { Receipt } from './receipt.ts';
import { checkReceipt, noRelay, withOutcome } from './relay-answer.ts';
import { checkSendOptions } from './send-check.ts';
import { checkMessages, inOrder } from './send-many.ts';
import { outliveFailures } from './source-failure.ts';

/** Sends messages through one backend; make one with `createMailer`. */
export class Mailer {
  /** Where the messages go. */
  readonly backend: Backend;
  readonly #compose: ComposeOptions | undefined;
  readonly #dkim: DkimSigners | undefined;
  readonly #adviceFor: ((error: unknown) => string | undefined) | undefined;
  readonly #underway: Set<Promise<unknown>> = new Set();
  #composer: Composer | undefined;
  #closed = false;

  constructor(
    backend: Backend,
    options: {
      readonly compose?: ComposeOptions;
      readonly dkim?: DkimSigners;
      readonly adviceFor?: (error: unknown) => string | undefined;
    } = {},
  ) {
    this.backend = backend;
    this.#compose = options.compose;
    this.#dkim = options.dkim;
    this.#adviceFor = options.adviceFor;
  }

  /**
   * Sends one message.
   *
   * @returns its receipt: the server took it for every recipient (`accepted`) or for some (`partial`)
   * @throws DeliveryError `rejected`, `unknown` or `not-sent`, with the receipt, when nobody was served for sure
   * @throws MimeError | MailerError when the message is not fit to be sent; nothing was written then
   *
   * @example Text, HTML and an attachment
   * ```ts
   * const receipt = await mailer.send({
   *   from: 'Ann <ann@example.org>',
   *   to: 'bob@example.net',
   *   subject: 'Hello',
   *   text: 'See the file.',
   *   attachments: [{ filename: 'report.pdf', content: bytes }],
   * });
   * ```
   */
  async send(message: MessageInput, options: SendOptions = {}): Promise<Receipt> {
    outliveFailures(message);
    checkSendOptions('send', options);
    this.#checkOpen();
    const receipt = await this.#track(this.#deliver(message, options));
    if (receipt.state === 'accepted' || receipt.state === 'partial') return receipt;
    throw deliveryErrorOf(receipt, this.adviceFor(receipt.error));
  }

  /**
   * Sends many messages over as few connections as allowed, and yields one receipt for each, in the order given.
   *
   * It never throws for a message: one that could not be composed or sent has a receipt that says so, and `index` says
   * which message it is about. It throws what
   * the iterable of messages throws, and the signal's reason, after the receipts of what had begun. Leaving the loop
   * early lets messages that have begun finish.
   *
   * @throws MailerError `invalid-message` for one message in place of many, `unknown-option` or `invalid-option`
   *
   * @example
   * ```ts
   * for await (const receipt of mailer.sendMany(invitations)) {
   *   if (receipt.state !== 'accepted') console.log(receipt.envelope.to, receipt.state);
   * }
   * ```
   */
  async *sendMany(
    messages: Iterable<MessageInput> | AsyncIterable<MessageInput>,
    options: SendOptions = {},
  ): AsyncGenerator<Receipt, void, undefined> {
    checkSendOptions('sendMany', options);
    checkMessages(messages);
    const release = this.backend.hold?.();
    const account = async (message: MessageInput, index: number): Promise<Receipt> => ({
      ...(await this.#account(message, options)),
      index,
    });
    try {
      yield* inOrder(messages, account, {
        concurrency: this.backend.concurrency ?? 1,
        ...(options.signal && { signal: options.signal }),
      });
    } finally {
      release?.();
    }
  }

  /**
   * Connects, signs in and leaves.
   *
   * @throws SmtpError | ConnectError what a message would have met
   */
  async verify(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#checkOpen();
    await this.#track(this.backend.open?.(options) ?? Promise.resolve());
  }

  /**
   * Asks the relay what became of a message whose receipt says `unknown`, instead of sending it twice.
   *
   * A relay keeps it for ten minutes; asking changes nothing. What the mail server decided becomes the state of the
   * recipients that were unknown; otherwise the receipt stays as it was, with the relay's word as `outcome`.
   *
   * @returns the receipt as it is now known
   * @throws MailerError `unsupported`: the message went through no relay; `invalid-option`: that is no receipt
   * @throws ConnectError the relay gave no answer
   *
   * @example After a connection that was lost
   * ```ts
   * const { state, outcome } = await mailer.ask(error.receipt);
   * ```
   */
  async ask(receipt: Receipt, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Receipt> {
    this.#checkOpen();
    checkReceipt(receipt);
    const { transaction } = receipt;
    if (transaction === undefined || this.backend.ask === undefined) throw noRelay();
    return withOutcome(receipt, await this.#track(this.backend.ask(transaction, options)));
  }

  /** What this mailer would tell a person to do about an error, where it knows. */
  adviceFor(error: unknown): string | undefined {
    return this.#adviceFor?.(error) ?? adviceFor(error);
  }

  /** Lets what has begun finish, then closes every connection; an abort closes them at once. */
  async close(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#closed = true;
    await abortable(Promise.allSettled(this.#underway), options.signal).catch(() => {});
    await this.backend.close?.(options);
  }

  /** Closes the mailer at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The receipt of a message, whatever became of it. */
  async #account(message: MessageInput, options: SendOptions): Promise<Receipt> {
    outliveFailures(message);
    try {
      this.#checkOpen();
      return await this.#track(this.#deliver(message, options));
    } catch (error) {
      const delivery = new Delivery({ from: '', to: [] });
      delivery.fail([], error);
      return delivery.receipt();
    }
  }

  /** The composer is loaded with the first message, so that importing the package stays cheap. */
  async #prepare(message: MessageInput, options: SendOptions): Promise<Outgoing> {
    const input = this.#composer ? message : snapshot(message);
    this.#composer ??= await import('./composer.ts');
    return prepare(input, options, { composer: this.#composer, compose: this.#compose, dkim: this.#dkim });
  }

  async #deliver(message: MessageInput, options: SendOptions): Promise<Receipt> {
    const outgoing = await this.#prepare(message, options);
    const delivery = new Delivery(outgoing.envelope, outgoing.messageId);
    delivery.begin();
    const { to } = outgoing.envelope;
    try {
      options.signal?.throwIfAborted();
      const receipt = await this.backend.send(outgoing, guarded(options));
      if (receipt) return receipt;
      delivery.succeedWithoutReply(to);
    } catch (error) {
      delivery.fail(to, error, options.signal);
    }
    return delivery.receipt();
  }

  #checkOpen(): void {
    if (this.#closed) throw new MailerError('closed', 'Create a new mailer: this one was closed');
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#underway.add(work);
    try {
      return await work;
    } finally {
      this.#underway.delete(work);
    }
  }
}
