import { SmtpError } from '@posthaste/smtp-core';
import { KnownTransactionError } from './error.ts';
import type { Job } from './session.ts';
import type { Socket } from './socket.ts';
import { checkTransactionId, makeTransactionId, type TransactionOutcome } from './transaction.ts';

/** Names the transactions of one connection to its relay, and tells a name that was known from other refusals. */
export class TransactionNaming {
  readonly #name: NonNullable<Socket['nameTransaction']> | undefined;
  #begun = false;

  /** @param name Tells the relay; undefined where nobody takes names. */
  constructor(name: Socket['nameTransaction']) {
    this.#name = name;
  }

  /** Transactions can have names here. */
  get possible(): boolean {
    return this.#name !== undefined;
  }

  /**
   * Runs the job that begins a transaction, which names it at its turn.
   *
   * @throws {TypeError} The id names no transaction, or nobody takes names here.
   * @throws {KnownTransactionError} The relay knows the name.
   */
  begin<T>(given: string | undefined, run: (named: Pick<Job, 'name'>) => Promise<T>): Promise<T> {
    const id = this.#idFor(given);
    return id === undefined ? run({}) : this.#named(id, run);
  }

  async #named<T>(id: string, run: (named: Pick<Job, 'name'>) => Promise<T>): Promise<T> {
    let asked: Promise<TransactionOutcome | undefined> | undefined;
    const name = () => {
      // Where no answer comes, the session is over, and that is what the job ends with.
      asked = this.#name!(id).catch(() => undefined);
    };
    try {
      return await run({ name });
    } catch (error) {
      // A relay answers the name first, then it refuses MAIL.
      const refused = error instanceof SmtpError && error.kind === 'reply' && error.phase === 'mail';
      const known = refused ? await asked : undefined;
      if (known === undefined || known.state === 'new') throw error;
      throw new KnownTransactionError(id, known, { cause: error });
    }
  }

  /** A name that its message did not use up would fall to the next: from the first on, every message has one. */
  #idFor(given: string | undefined): string | undefined {
    if (given === undefined) return this.#begun ? makeTransactionId() : undefined;
    if (!this.possible) {
      throw new TypeError('Leave transaction out: only a relay in submit mode takes names');
    }
    checkTransactionId(given);
    this.#begun = true;
    return given;
  }
}
