import type { Envelope, Reply, SendResult } from '@posthaste/smtp-core';
import { type Failure, failureOf } from './failure.ts';
import { type Answer, overallState, queueIdOf, type Receipt, type RecipientReceipt } from './receipt.ts';

/** The book kept on one message while it is being sent, over as many attempts as it takes. */
export class Delivery {
  readonly envelope: Envelope;
  readonly #messageId: string | undefined;
  readonly #recipients: Map<string, RecipientReceipt>;
  readonly #startedAt: Date = new Date();
  #attempts = 0;
  #reply: Reply | undefined;
  #queueId: string | undefined;
  #error: unknown;
  #transaction: string | undefined;

  constructor(envelope: Envelope, messageId?: string) {
    this.envelope = envelope;
    this.#messageId = messageId;
    this.#recipients = new Map(
      envelope.to.map(address => [address, { address, state: 'not-sent', permanent: false, retry: true }]),
    );
  }

  /** The recipients that another attempt may still serve without serving anyone twice. */
  get pending(): readonly string[] {
    return [...this.#recipients.values()].filter(entry => entry.retry).map(entry => entry.address);
  }

  begin(): void {
    this.#attempts++;
    this.#transaction = undefined;
  }

  /** Books the name that a relay knows this attempt by. */
  name(transaction: string | undefined): void {
    this.#transaction = transaction;
  }

  /** Books the server's answer to a message sent to `tried`. */
  succeed(tried: readonly string[], result: SendResult & Answer): void {
    this.#reply = result.reply;
    this.#queueId = queueIdOf(result);
    this.#error = undefined;
    const refused = new Map(result.rejected.map(failure => [failure.rcpt, failure]));
    for (const address of tried) {
      const failure = refused.get(address);
      if (failure) this.#refuse(address, failure.reply, failure.code, failure.enhanced);
      else this.#accept(address, result.reply, result.enhanced);
    }
  }

  /** Books a backend's word that it took the message for everyone. */
  succeedWithoutReply(tried: readonly string[]): void {
    this.#error = undefined;
    for (const address of tried) this.#accept(address);
  }

  /** Books an attempt that ended with an error, perhaps because the signal called it off. */
  fail(tried: readonly string[], error: unknown, signal?: AbortSignal): Failure {
    const failure = failureOf(error, signal);
    this.#error = error;
    if (failure.reply) this.#reply = failure.reply;
    const refused = new Map(failure.rejected.map(entry => [entry.rcpt, entry]));
    for (const address of tried) {
      const entry = refused.get(address);
      if (entry) this.#refuse(address, entry.reply, entry.code, entry.enhanced);
      else
        this.#recipients.set(address, {
          address,
          state: failure.state,
          ...(failure.reply && { reply: failure.reply }),
          ...(failure.enhanced && { enhanced: failure.enhanced }),
          permanent: failure.permanent,
          retry: failure.retry,
        });
    }
    return failure;
  }

  receipt(): Receipt {
    const recipients = [...this.#recipients.values()];
    const finishedAt = new Date();
    return {
      state: overallState(recipients),
      ...(this.#messageId !== undefined && { messageId: this.#messageId }),
      envelope: this.envelope,
      recipients,
      ...(this.#reply && { reply: this.#reply }),
      ...(this.#queueId !== undefined && { queueId: this.#queueId }),
      ...(this.#transaction !== undefined && { transaction: this.#transaction }),
      timings: {
        startedAt: this.#startedAt,
        finishedAt,
        durationMs: finishedAt.getTime() - this.#startedAt.getTime(),
      },
      attempts: this.#attempts,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }

  #accept(address: string, reply?: Reply, enhanced?: string): void {
    this.#recipients.set(address, {
      address,
      state: 'accepted',
      ...(reply && { reply }),
      ...(enhanced !== undefined && { enhanced }),
      permanent: false,
      retry: false,
    });
  }

  #refuse(address: string, reply: Reply, code: number, enhanced?: string): void {
    const permanent = code >= 500;
    this.#recipients.set(address, {
      address,
      state: 'rejected',
      reply,
      ...(enhanced !== undefined && { enhanced }),
      permanent,
      retry: !permanent,
    });
  }
}
