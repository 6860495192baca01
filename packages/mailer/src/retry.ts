import type { Failure } from './failure.ts';

/** What is tried again, and how often. A message that may have been taken never is. */
export interface RetryOptions {
  /** Attempts altogether; default 3. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt, doubled for each further one, give or take a half; default 500. */
  readonly delayMs?: number | undefined;
  /** Longest delay in milliseconds; default 30,000. */
  readonly maxDelayMs?: number | undefined;
  /**
   * `'session'` (default): only when the connection failed before the message was complete, or the server asked
   * for a pause. `'temporary'`: also when the server refused for now with a 4yz reply, as greylisting does; those
   * refusals usually last minutes, so a queue of your own is the better place.
   */
  readonly on?: 'session' | 'temporary' | undefined;
}

/** Decides whether and when another attempt is made. */
export class RetryPolicy {
  /** Attempts altogether. */
  readonly attempts: number;
  readonly #delayMs: number;
  readonly #maxDelayMs: number;
  readonly #onReplies: boolean;

  constructor(options: RetryOptions | false = {}) {
    this.attempts = options === false ? 1 : (options.attempts ?? 3);
    this.#delayMs = (options === false ? undefined : options.delayMs) ?? 500;
    this.#maxDelayMs = (options === false ? undefined : options.maxDelayMs) ?? 30_000;
    this.#onReplies = options !== false && options.on === 'temporary';
  }

  /**
   * Whether to try again after attempt number `attempt`.
   *
   * @param reached a session with this server has succeeded before: a server that was never reached is a setting to
   *   correct, not a bad moment to wait out
   */
  again(attempt: number, failure: Failure, reached: boolean): boolean {
    if (attempt >= this.attempts || !failure.automatic) return false;
    if (failure.unreachable && !reached && !failure.backOff) return false;
    return this.#onReplies || !failure.refused;
  }

  /** Whether refusals of single recipients for now are tried again too. */
  get coversReplies(): boolean {
    return this.#onReplies;
  }

  /** Milliseconds to wait after attempt number `attempt`; spread so that many clients do not return at once. */
  delay(attempt: number): number {
    return Math.min(this.#maxDelayMs, this.#delayMs * 2 ** (attempt - 1)) * (0.5 + Math.random());
  }
}
