export type { OutboxEntry, OutboxState, OutboxStore } from './entry.ts';
export { indexedDbStore } from './indexed-db.ts';
export { memoryStore } from './memory.ts';
export { Outbox, type OutboxOptions } from './outbox.ts';
