import type { OutboxEntry, OutboxStore } from './entry.ts';

/** Keeps entries as long as the program runs: for tests, and where nothing needs to survive. */
export function memoryStore(): OutboxStore {
  const entries = new Map<string, OutboxEntry>();
  return {
    all: async () => [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    get: async id => entries.get(id),
    put: async entry => {
      entries.set(entry.id, entry);
    },
    delete: async id => {
      entries.delete(id);
    },
  };
}
