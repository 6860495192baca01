import type { StoreEvent } from './message-store.ts';

/** Whoever wants to hear of changes in a store. */
export class Watchers {
  readonly #listeners = new Set<(event: StoreEvent) => void>();

  add(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
