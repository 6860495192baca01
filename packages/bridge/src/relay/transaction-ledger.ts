import type { Reply } from '@posthaste/smtp-core';
import type { SessionEvent } from './log.ts';
import type { Outcome, OutcomeStore } from './outcome.ts';
import type { RelayControl } from './protocol.ts';

/** Longest reply that is kept and sent with an outcome, in characters: it fits a control with each of them escaped. */
const maxReplyCharacters = 600;

/** Keeps account of one session's transactions: their names, what became of them, and the log. */
export class TransactionLedger {
  readonly #sub: string;
  readonly #outcomes: OutcomeStore;
  readonly #tell: (control: Extract<RelayControl, { t: 'outcome' }>) => void;
  readonly #log: (event: SessionEvent) => void;
  /** The name of the transaction that is next or under way, and what was known of it before. */
  #named: { readonly id: string; readonly known: Outcome } | undefined;
  #recipients = 0;
  #octets = 0;
  #open = false;

  constructor(
    sub: string,
    outcomes: OutcomeStore,
    on: { tell(control: Extract<RelayControl, { t: 'outcome' }>): void; log(event: SessionEvent): void },
  ) {
    this.#sub = sub;
    this.#outcomes = outcomes;
    this.#tell = control => on.tell(control);
    this.#log = event => on.log(event);
  }

  /** A transaction has begun with the mail server and is not decided. */
  get open(): boolean {
    return this.#open;
  }

  /** The next transaction bears the name of one that is under way or was decided: it must not be taken again. */
  get known(): boolean {
    return this.#named !== undefined && this.#named.known.state !== 'new';
  }

  /** Names the next transaction, and tells the browser what is known of that name. */
  async name(id: string): Promise<void> {
    await this.abandon();
    const known = await this.#outcomes.begin(this.#sub, id);
    this.#named = { id, known };
    this.#tell({ t: 'outcome', id, ...known });
  }

  begin(): void {
    this.#open = true;
    this.#recipients = 0;
    this.#octets = 0;
  }

  recipient(): void {
    this.#recipients += 1;
  }

  content(octets: number): void {
    this.#octets += octets;
  }

  /** Writes down what became of the transaction; the browser hears it only when no reply will tell. */
  async settle(state: 'accepted' | 'rejected' | 'unknown', reply?: Reply): Promise<void> {
    const named = this.#named;
    this.#finish(state, reply?.code);
    if (named === undefined || named.known.state !== 'new') return;
    const text = reply && `${reply.code} ${reply.lines.join(' ')}`.slice(0, maxReplyCharacters);
    const outcome: Outcome = { state, ...(text === undefined ? {} : { reply: text }) };
    await this.#note(named.id, outcome);
    if (state === 'unknown') this.#tell({ t: 'outcome', id: named.id, ...outcome });
  }

  /** Forgets a transaction that came to nothing: its name may be used again. */
  async abandon(): Promise<void> {
    const named = this.#named;
    if (this.#open) this.#finish('abandoned', undefined);
    this.#named = undefined;
    if (named?.known.state === 'new') await this.#note(named.id, { state: 'new' });
  }

  /** A store that fails must not make a message that was taken look refused: only a later question goes unanswered. */
  async #note(id: string, outcome: Outcome): Promise<void> {
    try {
      await this.#outcomes.settle(this.#sub, id, outcome);
    } catch {
      this.#log({ event: 'outcome-lost', state: outcome.state });
    }
  }

  #finish(state: 'accepted' | 'rejected' | 'unknown' | 'abandoned', code: number | undefined): void {
    this.#open = false;
    this.#named = undefined;
    this.#log({ event: 'transaction', state, recipients: this.#recipients, octets: this.#octets, code });
  }
}
