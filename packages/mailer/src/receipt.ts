import type { TransactionOutcome } from '@posthaste/bridge';
import type { Envelope, Reply } from '@posthaste/smtp-core';

/**
 * What became of a message, or of one recipient.
 *
 * - `accepted`: the server took responsibility. Not that it was read, nor that it was delivered.
 * - `partial`: some recipients were accepted and some were not (messages only).
 * - `rejected`: the server refused, with a reply.
 * - `unknown`: the whole message left and no valid reply came; it may have been taken, so it is never sent
 *   again without being asked.
 * - `not-sent`: the message never left complete; nobody can have it.
 */
export type ReceiptState = 'accepted' | 'partial' | 'rejected' | 'unknown' | 'not-sent';

/** What became of one recipient. */
export interface RecipientReceipt {
  /** The address as the envelope has it. */
  readonly address: string;
  readonly state: Exclude<ReceiptState, 'partial'>;
  /** The server's reply about this recipient, where it gave one. */
  readonly reply?: Reply;
  /** Enhanced status code such as `5.1.1` (RFC 3463). */
  readonly enhanced?: string;
  /** The same message to this address will fail again (a 5yz reply, or a refusal on our side). */
  readonly permanent: boolean;
  /** Sending the same message to this address again cannot duplicate it and may succeed. */
  readonly retry: boolean;
}

/** When a message was handed in and when it was decided. */
export interface ReceiptTimings {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Milliseconds from one to the other, waiting for a connection and retries included. */
  readonly durationMs: number;
}

/** The true account of one message: one entry for every recipient. */
export interface Receipt {
  readonly state: ReceiptState;
  /** Message-ID with its angle brackets; absent for ready-made octets whose header nobody read. */
  readonly messageId?: string;
  /** The envelope as the server was told it. */
  readonly envelope: Envelope;
  readonly recipients: readonly RecipientReceipt[];
  /** The server's last word about the message. */
  readonly reply?: Reply;
  /** The server's own name for the message, where its reply gives one: what its operator greps the log for. */
  readonly queueId?: string;
  /** Which message of `sendMany` it is about, counted from 0. */
  readonly index?: number;
  /** What the relay knows the message by, where it went through one; see `Mailer.ask`. */
  readonly transaction?: string;
  /**
   * What the relay said when it was asked: `pending` while the mail server has not decided, `unknown` when it was lost
   * before it did, `new` when the relay has no record of the message, or none any more.
   */
  readonly outcome?: TransactionOutcome['state'];
  readonly timings: ReceiptTimings;
  /** How many times the message was begun: 1 unless it was retried. */
  readonly attempts: number;
  /** The last error, when there was one: an `SmtpError`, a `ConnectError`, or whatever a backend threw. */
  readonly error?: unknown;
}

/** The state of a message, from those of its recipients. */
export function overallState(recipients: readonly RecipientReceipt[]): ReceiptState {
  const states = new Set(recipients.map(recipient => recipient.state));
  if (states.has('unknown')) return 'unknown';
  if (states.has('accepted')) return states.size === 1 ? 'accepted' : 'partial';
  return states.has('rejected') ? 'rejected' : 'not-sent';
}

/** What a server answered to a message. */
export interface Answer {
  readonly reply?: Reply | undefined;
  /** The server's name for it, where the reply does not tell that any more. */
  readonly queueId?: string | undefined;
}

/**
 * The queue id in a reply to the end of data. No RFC gives it a form: these are the ones in use.
 *
 * Postfix `queued as X` · Exim `id=X` · sendmail `X Message accepted` · Exchange `<…> [InternalId=X`
 */
export function queueIdOf(answer: Answer): string | undefined {
  if ('queueId' in answer) return answer.queueId;
  const { reply } = answer;
  if (reply === undefined) return undefined;
  const text = reply.lines.join(' ').slice(0, 1000);
  const match =
    /\bqueued as ([\w.-]+)/i.exec(text) ??
    /\b(?:internal)?id[=:] ?([\w.-]+)/i.exec(text) ??
    /\b([\w.-]{8,40}) message accepted\b/i.exec(text);
  return match?.[1];
}
