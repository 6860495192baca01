/** What the relay knows of time; tests give it another. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `expired` once after `ms` milliseconds; returns how to cancel that. */
  timer(ms: number, expired: () => void): () => void;
}

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  timer: (ms, expired) => {
    const handle = setTimeout(expired, ms);
    return () => clearTimeout(handle);
  },
};
