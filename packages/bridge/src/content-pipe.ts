/** Octets that may wait for a slow reader. */
const maxWaitingOctets = 262_144;

/** Octets pushed at one end and iterated at the other, bounded by what the pusher makes of `full`. */
export class ContentPipe implements AsyncIterable<Uint8Array> {
  #waiting: Uint8Array[] = [];
  #waitingOctets = 0;
  #end: { readonly error?: unknown } | undefined;
  #abandoned = false;
  #wake: (() => void) | undefined;
  readonly #onRoom: () => void;

  /** @param onRoom Called when the pipe is no longer full. */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  /** Push no more for now. */
  get full(): boolean {
    return this.#waitingOctets >= maxWaitingOctets;
  }

  push(octets: Uint8Array): void {
    if (this.#abandoned) return;
    this.#waiting.push(octets);
    this.#waitingOctets += octets.length;
    this.#wake?.();
  }

  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** The rest will never come. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** Nobody reads any more: what comes is dropped. */
  abandon(): void {
    this.#abandoned = true;
    this.#waiting = [];
    this.#takeOut(this.#waitingOctets);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const octets = this.#waiting.shift();
        if (octets !== undefined) {
          this.#takeOut(octets.length);
          yield octets;
        } else if (this.#end === undefined) {
          await new Promise<void>(resolve => {
            this.#wake = resolve;
          });
        } else if ('error' in this.#end) throw this.#end.error;
        else return;
      }
    } finally {
      this.abandon();
    }
  }

  #takeOut(octets: number): void {
    const wasFull = this.full;
    this.#waitingOctets -= octets;
    if (wasFull && !this.full) this.#onRoom();
  }
}
