/** The sender's side of flow control: how many octets the peer is still ready to take. */
export class SendCredit {
  readonly #window: number;
  #available: number;
  #wake: (() => void) | undefined;
  #closed: { readonly reason: unknown } | undefined;

  /** @param window Octets the peer is ready to receive at first. */
  constructor(window: number) {
    this.#window = window;
    this.#available = window;
  }

  /** Octets that may be sent now. */
  get available(): number {
    return this.#available;
  }

  /**
   * The peer consumed `octets` more. False when that cannot be true: it would leave more credit than the window, so
   * the peer grants what it was never sent.
   */
  grant(octets: number): boolean {
    if (this.#available + octets > this.#window) return false;
    this.#available += octets;
    this.#wake?.();
    return true;
  }

  /**
   * Takes up to `wanted` octets of credit, waiting while there is none; one caller at a time. Rejects with the reason
   * given to `close()`.
   */
  take(wanted: number): Promise<number> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.reason);
    if (this.#available === 0) {
      return new Promise<void>(resolve => {
        this.#wake = resolve;
      }).then(() => this.take(wanted));
    }
    const taken = Math.min(wanted, this.#available);
    this.#available -= taken;
    return Promise.resolve(taken);
  }

  /** Ends every wait, now and later. */
  close(reason: unknown): void {
    this.#closed ??= { reason };
    this.#wake?.();
  }
}

/** The receiver's side: what the peer may still send, and when to grant it more. */
export class ReceiveCredit {
  readonly #half: number;
  #granted: number;
  #owed = 0;

  /** @param window Octets the peer may send before it hears of more. */
  constructor(window: number) {
    this.#half = Math.floor(window / 2);
    this.#granted = window;
  }

  /** Counts octets that arrived; false when they exceed what was granted. */
  receive(octets: number): boolean {
    this.#granted -= octets;
    return this.#granted >= 0;
  }

  /** Counts octets that were consumed; returns how many to grant now, 0 until half a window has gathered. */
  consume(octets: number): number {
    this.#owed += octets;
    if (this.#owed < this.#half) return 0;
    const grant = this.#owed;
    this.#owed = 0;
    this.#granted += grant;
    return grant;
  }
}
