import type { Reply } from '@posthaste/smtp-core';
import type { OutcomeState } from './relay/protocol.ts';

/** Gives as many random octets as asked for. */
export type Randomness = (octets: number) => Uint8Array;

/** Octets of a transaction's name: nobody meets another's by chance, and nobody guesses one. */
const idOctets = 16;
const idPattern = /^[0-9a-f]{32}$/;

/** What a relay knows of a mail transaction by its name. */
export interface TransactionOutcome {
  /**
   * - `new`: nothing. No such transaction was completed in the last ten minutes, or the relay has forgotten it.
   * - `pending`: it is under way; the mail server has not decided.
   * - `accepted`, `rejected`: the mail server decided, see `reply`.
   * - `unknown`: the mail server had all of it and was lost before it answered; nobody knows more.
   */
  readonly state: OutcomeState;
  /** The mail server's reply that decided it, its lines in one. */
  readonly reply?: Reply;
}

/**
 * Makes a name for a mail transaction through a relay: 128 random bits as 32 lower-case hexadecimal digits.
 *
 * @param options `random` for the same octets each time; the runtime's Web Crypto by default.
 *
 * @example A message that is not sent twice
 * ```ts
 * const transaction = makeTransactionId();
 * await connection.sendRaw(envelope, octets, { transaction });
 * ```
 */
export function makeTransactionId({ random }: { readonly random?: Randomness | undefined } = {}): string {
  const octets = random ? random(idOctets) : crypto.getRandomValues(new Uint8Array(idOctets));
  return checkTransactionId(Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join(''));
}

/** Whether a value names a transaction. */
export function isTransactionId(value: unknown): value is string {
  return typeof value === 'string' && idPattern.test(value);
}

/** @throws {TypeError} It names no transaction. */
export function checkTransactionId(id: string): string {
  if (isTransactionId(id)) return id;
  throw new TypeError(`Name a transaction by 32 lower-case hexadecimal digits, not ${JSON.stringify(id)}`);
}
