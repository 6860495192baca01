import type { Clock } from './clock.ts';
import type { OutcomeState } from './protocol.ts';

/** Milliseconds for which the outcome of a named transaction is kept. */
export const outcomeKeptMs = 600_000;
/** Milliseconds for which what a session holds is kept, when nobody gives it back: it must not end before the session may. */
export const heldMs = 2_400_000;

/** What became of a named transaction, with the reply that decided it as the server wrote it. */
export interface Outcome {
  readonly state: OutcomeState;
  readonly reply?: string;
}

/** Remembers named transactions, so that none is taken twice: in memory, or on Workers as `durableStores` does. */
export interface OutcomeStore {
  /** Claims the id: answers `new` to the first who asks and what is known of it to everybody else. */
  begin(sub: string, id: string): Outcome | Promise<Outcome>;
  /** Writes down what became of it; `new` gives the claim back, because nothing was sent. */
  settle(sub: string, id: string, outcome: Outcome): void | Promise<void>;
}

/** Until when something about a transaction is kept, in milliseconds since 1970. */
export function keptUntil({ state }: Outcome, now: number): number {
  return now + (state === 'pending' ? heldMs : outcomeKeptMs);
}

/** An outcome store for one process. */
export function memoryOutcomes(clock: Clock): OutcomeStore {
  // Insertion order is age: what is settled is inserted anew, so the oldest are always first.
  const known = new Map<string, { readonly outcome: Outcome; readonly until: number }>();

  /** Stops at the first that is kept: a claim that was left behind holds up others, but for forty minutes at most. */
  function forget(now: number): void {
    for (const [key, { until }] of known) {
      if (until > now) return;
      known.delete(key);
    }
  }

  function remember(key: string, outcome: Outcome): void {
    known.delete(key);
    known.set(key, { outcome, until: keptUntil(outcome, clock.now()) });
  }

  return {
    begin(sub, id) {
      const now = clock.now();
      forget(now);
      const key = JSON.stringify([sub, id]);
      const entry = known.get(key);
      if (entry !== undefined && entry.until > now) return entry.outcome;
      remember(key, { state: 'pending' });
      return { state: 'new' };
    },
    settle(sub, id, outcome) {
      const key = JSON.stringify([sub, id]);
      if (outcome.state === 'new') known.delete(key);
      else remember(key, outcome);
    },
  };
}
