import type { Envelope } from '@posthaste/smtp-core';
import type { Receipt } from '../receipt.ts';

/**
 * Where a message of the outbox stands.
 *
 * - `queued`: it will be sent.
 * - `sending`: its content is being handed out; if the program ended now, nobody could say whether it was taken.
 * - `unknown`: that happened, or no answer came. It waits for a person's decision: `retry(id)` or `discard(id)`.
 * - `failed`: the server refused for good.
 */
export type OutboxState = 'queued' | 'sending' | 'unknown' | 'failed';

/** A message in the outbox, frozen when it was added. */
export interface OutboxEntry {
  /** Sorts by the time of adding. */
  readonly id: string;
  readonly state: OutboxState;
  /** Its recipients are those that are still to be served. */
  readonly envelope: Envelope;
  readonly messageId?: string;
  readonly content: Uint8Array;
  /** How often it was begun. */
  readonly attempts: number;
  /** Not before that time, in milliseconds since 1970. */
  readonly notBefore: number;
  /** What the last attempt left `unknown`; where it went through a relay, `mailer.ask(receipt)` may tell more. */
  readonly receipt?: Omit<Receipt, 'error'>;
  /** What came of the last attempt, for people. */
  readonly reason?: string;
}

/** Keeps entries; `put` and `delete` resolve only when a reload cannot undo them. */
export interface OutboxStore {
  /** All entries, oldest first. */
  all(): Promise<OutboxEntry[]>;
  get(id: string): Promise<OutboxEntry | undefined>;
  put(entry: OutboxEntry): Promise<void>;
  delete(id: string): Promise<void>;
}
