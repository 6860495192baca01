/** Longest delay a timer takes, in milliseconds; a longer one would fire at once. */
const maxTimerMs = 2_147_483_647;

/**
 * One timer for whatever is awaited. What is awaited changes with every reply, so the timer is left running and set
 * again only when it would fire too late.
 */
export class Deadline {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires. */
  #set = 0;
  /** When `#expire` is due. */
  #due = 0;
  #expire: (() => void) | undefined;
  #armedFor: unknown;

  /**
   * Calls `expire` after `ms` milliseconds, unless `rest()`, `clear()` or another `wait` comes first; the same `wait`
   * again changes nothing.
   */
  arm(wait: unknown, ms: number, expire: () => void): void {
    if (this.#expire !== undefined && this.#armedFor === wait) return;
    this.#armedFor = wait;
    this.#expire = expire;
    const now = performance.now();
    this.#due = now + ms;
    if (this.#timer === undefined || this.#set > this.#due) this.#start(now);
  }

  /** Nothing is awaited for now. */
  rest(): void {
    this.#expire = undefined;
  }

  /** Nothing is awaited any more; no timer is left behind. */
  clear(): void {
    this.rest();
    clearTimeout(this.#timer!);
    this.#timer = undefined;
  }

  #start(now: number): void {
    clearTimeout(this.#timer!);
    const ms = Math.min(Math.max(this.#due - now, 0), maxTimerMs);
    this.#set = now + ms;
    this.#timer = setTimeout(() => this.#fire(), ms);
  }

  #fire(): void {
    this.#timer = undefined;
    const expire = this.#expire;
    if (expire === undefined) return;
    const now = performance.now();
    if (now < this.#due) {
      this.#start(now);
      return;
    }
    this.rest();
    expire();
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
