import {
  type CommandResult,
  type EsmtpParameters,
  formatReply,
  SmtpError,
  SmtpServer,
} from '@posthaste/smtp-core';
import type { Connection } from '../connection.ts';
import { serve } from '../serve.ts';
import type { IncomingMessage, Refusal, ServeHandler } from '../serve-handler.ts';
import type { BrowserLeg } from './browser-leg.ts';
import type { TokenBudget } from './budget.ts';
import { ContentFeed } from './content-feed.ts';
import { RelayError } from './fault.ts';
import { answerOf, gatewayRefusals, replyOf } from './gateway-reply.ts';
import { LegSocket } from './leg-socket.ts';
import { offeredExtensions, offeredSize, passedParameters } from './offer.ts';
import type { TransactionLedger } from './transaction-ledger.ts';

/** What a gateway stands on. */
export interface GatewayOptions {
  readonly leg: BrowserLeg;
  /** A session with the mail server that is ready for mail. */
  readonly connection: Connection;
  readonly ledger: TransactionLedger;
  readonly budget: TokenBudget;
  /** Whether a reverse-path may be used. */
  readonly maySend: (from: string) => boolean;
  /** What the relay calls itself. */
  readonly name: string;
  /** Octets that the session, or its token, may send. */
  readonly maxOctets: number;
  readonly draining: AbortSignal;
}

/**
 * Speaks SMTP to the browser and, with what it has understood, to the mail server: commands are written anew and
 * content is framed anew, so that nothing a browser sends can mean something else behind the relay.
 */
export class Gateway implements ServeHandler {
  readonly #options: GatewayOptions;
  readonly #machine: SmtpServer;
  readonly #stop = new AbortController();
  /** How the leg ends once the server machine is done; in good order unless something failed. */
  #failure: RelayError | undefined;
  /** The mail server has a transaction that the next MAIL must not meet. */
  #unsettled = false;
  /** The browser gave its transaction up; the mail server is told before the next. */
  #voided = false;
  /** The mail server refused content halfway: it hangs up behind that, and nothing is lost. */
  #refused = false;
  #transfer: { readonly feed: ContentFeed; readonly sending: Promise<CommandResult> } | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { capabilities } = options.connection;
    this.#machine = new SmtpServer({
      serverName: options.name,
      extensions: offeredExtensions(capabilities),
      maxMessageOctets: offeredSize(capabilities, options.maxOctets),
    });
  }

  /** Serves the browser until either side is done; never rejects. */
  async run(): Promise<void> {
    const { leg, connection, draining, ledger, budget } = this.#options;
    const onDrain = (): void => this.#drain();
    connection.closed.then(() => {
      if (!this.#refused) this.#lose();
    });
    draining.addEventListener('abort', onDrain);
    leg.over.then(reason => this.#onLegEnd(reason));
    if (draining.aborted) onDrain();
    const socket = new LegSocket(
      leg,
      marker => (marker.t === 'txn' ? this.#name(marker.id) : Promise.resolve()),
      () => this.#endLeg(),
    );
    await serve(this.#machine, socket, this, { signal: this.#stop.signal });
    draining.removeEventListener('abort', onDrain);
    this.#endLeg();
    await ledger.abandon();
    // The mail server may take its time over QUIT, and the browser is gone.
    await budget.release().catch(() => {});
    await connection[Symbol.asyncDispose]();
  }

  onHello({ verb }: { readonly verb: string }): Refusal | undefined {
    return verb === 'EHLO' ? undefined : gatewayRefusals.helloRefused;
  }

  onReset(): void {
    this.#voided = true;
  }

  onVerify(): Refusal {
    return gatewayRefusals.verifyRefused;
  }

  async onMail(mail: {
    readonly from: string;
    readonly parameters: EsmtpParameters;
  }): Promise<Refusal | string> {
    const { ledger, maySend } = this.#options;
    if (ledger.known) return gatewayRefusals.transactionKnown;
    if (!maySend(mail.from)) return gatewayRefusals.senderRefused;
    if (ledger.open) await ledger.abandon();
    return this.#ask(async connection => {
      // The browser's RSET or EHLO is made good here: they are no business of the mail server before.
      if (this.#unsettled) await connection.rset();
      this.#unsettled = true;
      const result = await connection.mail(
        mail.from,
        passedParameters(mail.parameters, connection.capabilities),
      );
      this.#voided = false;
      if (result.code < 400) ledger.begin();
      else await ledger.settle('rejected', result.reply);
      return result;
    });
  }

  async onRcpt(rcpt: {
    readonly to: string;
    readonly parameters: EsmtpParameters;
  }): Promise<Refusal | string> {
    const { ledger, budget } = this.#options;
    if (!(await budget.recipient())) return gatewayRefusals.recipientsSpent;
    return this.#ask(async connection => {
      const result = await connection.rcpt(
        rcpt.to,
        passedParameters(rcpt.parameters, connection.capabilities),
      );
      if (result.code < 400) ledger.recipient();
      return result;
    });
  }

  /** Lets the browser send content once the mail server wants it. */
  async onData(): Promise<Refusal | undefined> {
    const { ledger, leg } = this.#options;
    const feed = new ContentFeed({ octets: count => ledger.content(count), end: () => leg.patient(true) });
    const answer = await this.#ask(async connection => {
      const sending = connection.data(feed);
      this.#transfer = { feed, sending };
      return Promise.race([feed.wanted.then(() => undefined), sending]);
    });
    if (typeof answer === 'string') return undefined;
    await ledger.settle('rejected', replyOf(answer));
    return answer;
  }

  async onContent({ content }: IncomingMessage): Promise<Refusal | string> {
    const { leg, ledger } = this.#options;
    const { feed, sending } = this.#transfer!;
    feed.attach(content);
    try {
      const { code, reply } = await sending;
      this.#unsettled = false;
      await ledger.settle(code < 400 ? 'accepted' : 'rejected', reply);
      return answerOf(reply);
    } catch (error) {
      await this.#cutShort(error);
      return gatewayRefusals.upstreamLost;
    } finally {
      leg.patient(false);
    }
  }

  /** A name is for the next MAIL: in the middle of a transaction it would be taken for that one's. */
  async #name(id: string): Promise<void> {
    const { leg, ledger } = this.#options;
    if (ledger.open && !this.#voided) leg.fail(new RelayError('E_PROTOCOL', leg.phase));
    else await ledger.name(id);
  }

  /** Asks the mail server something; its answer is the browser's. */
  async #ask(
    question: (connection: Connection) => Promise<CommandResult | undefined>,
  ): Promise<Refusal | string> {
    try {
      const result = await question(this.#options.connection);
      return result === undefined ? '' : answerOf(result.reply);
    } catch (error) {
      if (error instanceof SmtpError && error.kind === 'reply') return answerOf(error.reply!);
      if (error instanceof SmtpError && error.kind === 'invalid-argument')
        return gatewayRefusals.notForwardable;
      this.#lose();
      return gatewayRefusals.upstreamLost;
    }
  }

  /** A message did not get through whole, and with it the mail server's session is over: says what is true, and ends. */
  async #cutShort(error: unknown): Promise<void> {
    const { leg, ledger } = this.#options;
    if (error instanceof SmtpError && error.deliveryUnknown) {
      await ledger.settle('unknown');
      // Any reply would claim to know, so the browser hears none.
      leg.fail(new RelayError('E_UPSTREAM', 'final', { cause: error, retryable: false }));
      return;
    }
    const reply = error instanceof SmtpError && error.kind === 'reply' ? error.reply : undefined;
    if (reply === undefined) {
      await ledger.abandon();
      this.#failure ??= new RelayError('E_UPSTREAM', leg.phase, { cause: error });
    } else {
      this.#refused = true;
      await ledger.settle('rejected', reply);
    }
    // Told at once: the browser need not send the rest of what nobody takes.
    const text = formatReply(reply ?? replyOf(gatewayRefusals.upstreamLost));
    await leg.write(new TextEncoder().encode(text)).catch(() => {});
    this.#endLeg();
  }

  /** The mail server is gone: nothing more can be done for this browser. */
  #lose(): void {
    this.#failure ??= new RelayError('E_UPSTREAM', this.#options.leg.phase);
    this.#stop.abort();
  }

  /** Lets a transaction finish; the machine then says 421. */
  #drain(): void {
    this.#failure ??= new RelayError('E_DRAINING', this.#options.leg.phase);
    this.#machine.shutdown();
    if (!this.#options.ledger.open) this.#stop.abort();
  }

  /** A browser that left may have left behind a whole message; a leg that failed has not. */
  #onLegEnd(reason: unknown): void {
    if (reason instanceof RelayError) this.#options.connection.close();
  }

  #endLeg(): void {
    if (this.#failure === undefined) this.#options.leg.end();
    else this.#options.leg.fail(this.#failure);
  }
}
