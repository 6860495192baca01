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

/** Octets of one row: Durable Objects take at most 2 MB. */
const PIECE_OCTETS = 1_048_576;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
    octets INTEGER NOT NULL, summary TEXT NOT NULL, session TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS piece (
    id TEXT NOT NULL, number INTEGER NOT NULL, octets BLOB NOT NULL, PRIMARY KEY (id, number));
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
`;

/** Keeps messages in the SQLite database of a Durable Object, which outlives the object's memory. */
export class SqliteStore implements MessageStore {
  readonly retention: Retention;
  readonly #storage: DurableObjectStorage;
  readonly #watchers = new Watchers();

  constructor(storage: DurableObjectStorage, retention: Retention = DEFAULT_RETENTION) {
    this.retention = retention;
    this.#storage = storage;
    storage.sql.exec(SCHEMA);
  }

  get evicted(): number {
    return Number(this.#rows("SELECT value FROM counter WHERE name = 'evicted'")[0]?.value ?? 0);
  }

  add({ summary, raw, session }: StoredMessage): void {
    this.#storage.transactionSync(() => {
      this.#rows(
        'INSERT INTO message (id, octets, summary, session) VALUES (?, ?, ?, ?)',
        summary.id,
        raw.length,
        JSON.stringify(summary),
        JSON.stringify(session),
      );
      for (let at = 0; at < raw.length; at += PIECE_OCTETS) {
        const piece = raw.slice(at, at + PIECE_OCTETS).buffer;
        this.#rows('INSERT INTO piece VALUES (?, ?, ?)', summary.id, at / PIECE_OCTETS, piece);
      }
    });
    this.#watchers.tell({ type: 'arrived', summary });
    this.#evict();
  }

  amend(id: string, session: readonly SessionLine[]): void {
    this.#rows('UPDATE message SET session = ? WHERE id = ?', JSON.stringify(session), id);
  }

  list(): readonly MessageSummary[] {
    return this.#rows('SELECT summary FROM message ORDER BY sequence DESC').map(row =>
      JSON.parse(String(row.summary)),
    );
  }

  raw(id: string): Uint8Array | undefined {
    const row = this.#rows('SELECT octets FROM message WHERE id = ?', id)[0];
    if (row === undefined) return undefined;
    const raw = new Uint8Array(Number(row.octets));
    let at = 0;
    for (const piece of this.#rows('SELECT octets FROM piece WHERE id = ? ORDER BY number', id)) {
      const octets = new Uint8Array(piece.octets as ArrayBuffer);
      raw.set(octets, at);
      at += octets.length;
    }
    return raw;
  }

  session(id: string): readonly SessionLine[] | undefined {
    const row = this.#rows('SELECT session FROM message WHERE id = ?', id)[0];
    return row === undefined ? undefined : JSON.parse(String(row.session));
  }

  clear(): void {
    this.#storage.transactionSync(() => {
      this.#rows('DELETE FROM piece');
      this.#rows('DELETE FROM message');
    });
    this.#watchers.tell({ type: 'cleared' });
  }

  watch(listener: (event: StoreEvent) => void): () => void {
    return this.#watchers.add(listener);
  }

  /** The newest message stays, however large. */
  #evict(): void {
    const ids: string[] = [];
    this.#storage.transactionSync(() => {
      const kept = this.#rows('SELECT count(*) AS messages, total(octets) AS octets FROM message')[0]!;
      let messages = Number(kept.messages);
      let octets = Number(kept.octets);
      while (messages > 1 && (messages > this.retention.messages || octets > this.retention.octets)) {
        const oldest = this.#rows('SELECT id, octets FROM message ORDER BY sequence LIMIT 1')[0]!;
        this.#rows('DELETE FROM piece WHERE id = ?', oldest.id!);
        this.#rows('DELETE FROM message WHERE id = ?', oldest.id!);
        ids.push(String(oldest.id));
        messages -= 1;
        octets -= Number(oldest.octets);
      }
      if (ids.length > 0) {
        this.#rows(
          "INSERT INTO counter VALUES ('evicted', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
          ids.length,
        );
      }
    });
    if (ids.length > 0) this.#watchers.tell({ type: 'evicted', ids, total: this.evicted });
  }

  #rows(query: string, ...bindings: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.#storage.sql.exec(query, ...bindings).toArray();
  }
}
