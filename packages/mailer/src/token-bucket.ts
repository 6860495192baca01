import { sleep } from './sleep.ts';

/** So many messages in so many milliseconds. */
export interface RateOptions {
  /** Messages that may begin within `perMs`; also the largest burst. */
  readonly messages: number;
  /** Length of the interval in milliseconds. */
  readonly perMs: number;
}

/** Tokens trickle in at a steady rate; each message takes one, in the order of asking. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #msPerToken: number;
  #tokens: number;
  #filledAt: number;

  constructor(options: RateOptions) {
    this.#capacity = options.messages;
    this.#msPerToken = options.perMs / options.messages;
    this.#tokens = options.messages;
    this.#filledAt = performance.now();
  }

  /** Resolves when the caller may begin; a debt of tokens keeps the callers in line. */
  async take(signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) / this.#msPerToken);
    this.#filledAt = now;
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    try {
      await sleep(-this.#tokens * this.#msPerToken, signal);
    } catch (reason) {
      this.#tokens += 1;
      throw reason;
    }
  }
}
