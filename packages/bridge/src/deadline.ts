/** Longest delay a timer takes, in milliseconds; a longer one would fire at once. */
const maxTimerMs = 2_147_483_647;

/** One timer that is armed again when, and only when, something new is awaited. */
export class Deadline {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedFor: unknown;

  /**
   * Calls `expire` after `ms` milliseconds, unless `clear()` or another `wait` comes first; the same `wait` again
   * changes nothing.
   */
  arm(wait: unknown, ms: number, expire: () => void): void {
    if (this.#timer !== undefined && this.#armedFor === wait) return;
    this.clear();
    this.#armedFor = wait;
    if (ms > maxTimerMs) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      expire();
    }, ms);
  }

  clear(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = undefined;
  }
}

/** Settles as `promise` does, or with `undefined` after `ms` milliseconds; leaves no timer behind. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const deadline = new Deadline();
  const late = new Promise<undefined>(resolve => {
    deadline.arm(promise, ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    deadline.clear();
  }
}
