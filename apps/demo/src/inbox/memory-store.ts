import {
  DEFAULT_RETENTION,
  type MessageStore,
  type MessageSummary,
  type Retention,
  type SessionLine,
  type StoredMessage,
  type StoreEvent,
} from './message-store.ts';
import { Watchers } from './watchers.ts';

/** Keeps messages in memory, for a process that goes away with them. */
export class MemoryStore implements MessageStore {
  readonly retention: Retention;
  /** A Map iterates in order of insertion, so its first entry is the oldest. */
  readonly #messages = new Map<string, StoredMessage>();
  readonly #watchers = new Watchers();
  #octets = 0;
  #evicted = 0;

  constructor(retention: Retention = DEFAULT_RETENTION) {
    this.retention = retention;
  }

  get evicted(): number {
    return this.#evicted;
  }

  add(message: StoredMessage): void {
    this.#messages.set(message.summary.id, message);
    this.#octets += message.raw.length;
    this.#watchers.tell({ type: 'arrived', summary: message.summary });
    this.#evict();
  }

  amend(id: string, session: readonly SessionLine[]): void {
    const message = this.#messages.get(id);
    if (message !== undefined) this.#messages.set(id, { ...message, session });
  }

  list(): readonly MessageSummary[] {
    return [...this.#messages.values()].map(message => message.summary).reverse();
  }

  raw(id: string): Uint8Array | undefined {
    return this.#messages.get(id)?.raw;
  }

  session(id: string): readonly SessionLine[] | undefined {
    return this.#messages.get(id)?.session;
  }

  clear(): void {
    this.#messages.clear();
    this.#octets = 0;
    this.#watchers.tell({ type: 'cleared' });
  }

  watch(listener: (event: StoreEvent) => void): () => void {
    return this.#watchers.add(listener);
  }

  /** The newest message stays, however large. */
  #evict(): void {
    const ids: string[] = [];
    for (const [id, message] of this.#messages) {
      const within = this.#messages.size <= this.retention.messages && this.#octets <= this.retention.octets;
      if (within || this.#messages.size === 1) break;
      this.#messages.delete(id);
      this.#octets -= message.raw.length;
      ids.push(id);
    }
    if (ids.length === 0) return;
    this.#evicted += ids.length;
    this.#watchers.tell({ type: 'evicted', ids, total: this.#evicted });
  }
}
