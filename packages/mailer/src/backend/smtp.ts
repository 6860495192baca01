import type { TransactionOutcome } from '@posthaste/bridge';
import type { Backend, DeliveryOptions, Outgoing } from '../backend.ts';
import { Delivery } from '../delivery.ts';
import type { Failure } from '../failure.ts';
import type { MailerOptions } from '../options.ts';
import { OutgoingContent } from '../outgoing-content.ts';
import { Pool } from '../pool.ts';
import { PooledConnection } from '../pooled-connection.ts';
import type { Receipt } from '../receipt.ts';
import { RetryPolicy } from '../retry.ts';
import { SessionOpener } from '../session-opener.ts';
import { sleep } from '../sleep.ts';
import { TokenBucket } from '../token-bucket.ts';

/** Messages on one connection at a time: enough that the next one's commands ride behind the last one's content. */
const dataDepth = 2;
/** With BDAT whole transactions are in flight behind each other. */
const bdatDepth = 20;

/** Sends messages to an SMTP server over a pool of connections, and tries again what is safe to try again. */
export class SmtpBackend implements Backend {
  readonly concurrency: number;
  readonly #sessions: SessionOpener;
  readonly #retry: RetryPolicy;
  readonly #bucket: TokenBucket | undefined;
  readonly #options: MailerOptions;
  /** One pool for messages that may reach some recipients only, one for all or nobody: a session can do one. */
  readonly #pools: Map<'accept' | 'reject', Pool<PooledConnection>> = new Map();
  readonly #depth: number;
  /** A session has been ready at least once. */
  #reached = false;
  /** Requests for a pause since the last message was taken. */
  #refusals = 0;
  #resumeAt = 0;

  /** @param options checked before: see `createMailer` */
  constructor(options: MailerOptions) {
    this.#options = options;
    this.#sessions = new SessionOpener(options);
    this.#retry = new RetryPolicy(options.retry);
    this.#bucket = options.rate && new TokenBucket(options.rate);
    this.#depth = options.transfer === 'bdat' ? bdatDepth : dataDepth;
    this.concurrency = (options.connections ?? 1) * this.#depth;
  }

  /** Connects, signs in and leaves. */
  async open({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#pool('accept').use(async () => {}, signal);
  }

  /** Never rejects for what a server or a network did: the receipt says it. */
  async send(outgoing: Outgoing, options: DeliveryOptions = {}): Promise<Receipt> {
    const delivery = new Delivery(outgoing.envelope, outgoing.messageId);
    const content = new OutgoingContent(outgoing);
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#attempt(delivery, content, options);
      const again =
        failure === undefined
          ? this.#retry.coversReplies && attempt < this.#retry.attempts && delivery.pending.length > 0
          : this.#retry.again(attempt, failure, this.#reached);
      if (!again || !content.readable || options.signal?.aborted) return delivery.receipt();
      try {
        await sleep(this.#retry.delay(attempt), options.signal);
      } catch {
        return delivery.receipt();
      }
    }
  }

  /** Asks the relay that messages go through, on a connection of its own. */
  ask(
    transaction: string,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<TransactionOutcome> {
    return this.#sessions.ask(transaction, signal);
  }

  hold(): () => void {
    const releases = [this.#pool('accept').hold(), this.#pool('reject').hold()];
    return () => {
      for (const release of releases) release();
    };
  }

  async close({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    await Promise.all([...this.#pools.values()].map(pool => pool.close(signal)));
  }

  /** Tries once to serve whoever is not served; the failure, or nothing when the server took it for someone. */
  async #attempt(
    delivery: Delivery,
    content: OutgoingContent,
    { allOrNothing, signal, onProgress }: DeliveryOptions,
  ): Promise<Failure | undefined> {
    const to = delivery.pending;
    delivery.begin();
    try {
      await this.#bucket?.take(signal);
      const result = await this.#pool(allOrNothing ? 'reject' : 'accept').use(async connection => {
        const transaction = connection.newTransaction();
        delivery.name(transaction);
        const envelope = { ...delivery.envelope, to };
        return connection.send(envelope, await content.read(), { signal, onProgress, transaction });
      }, signal);
      this.#refusals = 0;
      delivery.succeed(to, result);
      return undefined;
    } catch (error) {
      const failure = delivery.fail(to, error, signal);
      if (failure.backOff) this.#pause();
      return failure;
    }
  }

  #pool(partial: 'accept' | 'reject'): Pool<PooledConnection> {
    let pool = this.#pools.get(partial);
    if (pool === undefined) {
      pool = new Pool(signal => this.#connect(partial, signal), {
        connections: this.#options.connections ?? 1,
        usesPerConnection: this.#options.messagesPerConnection ?? 100,
        depth: this.#depth,
        idleMs: this.#options.idleMs ?? 0,
      });
      this.#pools.set(partial, pool);
    }
    return pool;
  }

  async #connect(partial: 'accept' | 'reject', signal: AbortSignal): Promise<PooledConnection> {
    const pauseMs = this.#resumeAt - performance.now();
    if (pauseMs > 0) await sleep(pauseMs, signal);
    const connection = await this.#sessions.open(partial, signal);
    this.#reached = true;
    const { makeTransactionId } = await import('../open-connection.ts');
    return new PooledConnection(connection, makeTransactionId);
  }

  /** Opens no further connection for a while, longer each time the server insists. */
  #pause(): void {
    this.#refusals++;
    this.#resumeAt = performance.now() + this.#retry.delay(this.#refusals);
  }
}
