import { DurableObject } from 'cloudflare:workers';
import { heldMs, keptUntil, type Outcome, type OutcomeStore } from '../outcome.ts';
import { addCost, type QuotaCost, type QuotaStore, type UsedQuota } from '../quota.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (kind, name)) WITHOUT ROWID`;

/**
 * The Durable Object that keeps what a relay on Workers knows of one `sub`: how much its tokens have used, and what became
 * of its transactions. Export it from the Worker and bind it as a class with SQLite storage.
 */
export class RelaySubject extends DurableObject<unknown> {
  /** The storage has its table. */
  #ready = false;

  /** Takes the whole cost and answers true, or takes nothing and answers false. */
  async take(cost: QuotaCost): Promise<boolean> {
    const { token, expires } = cost;
    // Nothing is awaited between reading and writing, so no other call comes between them.
    const used = addCost(this.#get<UsedQuota>('budget', token), cost);
    if (used === undefined) return false;
    const until = used.connections > 0 ? Math.max(expires, Date.now() + heldMs) : expires;
    await this.#keep('budget', token, used, until);
    return true;
  }

  /** Claims a transaction; see `OutcomeStore`. */
  async begin(id: string): Promise<Outcome> {
    const known = this.#get<Outcome>('transaction', id);
    if (known !== undefined) return known;
    await this.#keepOutcome(id, { state: 'pending' });
    return { state: 'new' };
  }

  /** Writes down what became of a transaction; `new` gives the claim back. */
  async settle(id: string, outcome: Outcome): Promise<void> {
    if (outcome.state === 'new') this.#rows("DELETE FROM kept WHERE kind = 'transaction' AND name = ?", id);
    else await this.#keepOutcome(id, outcome);
  }

  /** Forgets what has had its time; an object that knows nothing any more takes no room. */
  override async alarm(): Promise<void> {
    this.#rows('DELETE FROM kept WHERE until <= ?', Date.now());
    const next = this.#rows('SELECT MIN(until) AS next FROM kept')[0]?.next;
    if (typeof next === 'number') return this.ctx.storage.setAlarm(next);
    this.#ready = false;
    await this.ctx.storage.deleteAll();
  }

  #keepOutcome(id: string, outcome: Outcome): Promise<void> {
    return this.#keep('transaction', id, outcome, keptUntil(outcome, Date.now()));
  }

  #get<T>(kind: 'budget' | 'transaction', name: string): T | undefined {
    const find = 'SELECT value FROM kept WHERE kind = ? AND name = ? AND until > ?';
    const value = this.#rows(find, kind, name, Date.now())[0]?.value;
    return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
  }

  async #keep(kind: 'budget' | 'transaction', name: string, value: object, until: number): Promise<void> {
    this.#rows('INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)', kind, name, JSON.stringify(value), until);
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || until < alarm) await this.ctx.storage.setAlarm(until);
  }

  #rows(statement: string, ...values: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    const { sql } = this.ctx.storage;
    if (!this.#ready) sql.exec(schema);
    this.#ready = true;
    return sql.exec(statement, ...values).toArray();
  }
}

/**
 * The stores of a relay on Workers, whose isolates share no memory: one Durable Object for each `sub`.
 *
 * @param namespace The binding of `RelaySubject`.
 *
 * @example A relay whose quotas hold in every isolate
 * ```ts
 * const relay = createRelay({ targets, keys, origins, ...durableStores(env.RELAY) });
 * ```
 */
export function durableStores(namespace: DurableObjectNamespace<RelaySubject>): {
  readonly quota: QuotaStore;
  readonly outcomes: OutcomeStore;
} {
  // A stub is broken for good by an exception, so each call has its own.
  const subject = (sub: string) => namespace.get(namespace.idFromName(sub));
  return {
    quota: { take: (sub, cost) => subject(sub).take(cost) },
    outcomes: {
      begin: (sub, id) => subject(sub).begin(id),
      settle: (sub, id, outcome) => subject(sub).settle(id, outcome),
    },
  };
}
