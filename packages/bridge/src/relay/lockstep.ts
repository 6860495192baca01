const LF = 0x0a;
const HYPHEN = 0x2d;

/**
 * Counts the replies a mail server owes before TLS, where commands and replies take turns, so that nothing is read
 * ahead of the handshake (RFC 3207 §4). Content sent in the clear counts as commands: then it merely never closes.
 */
export class Lockstep {
  /** The greeting is owed from the start. */
  #owed = 1;
  #column = 0;
  #continued = false;
  #released = false;
  #wake: (() => void) | undefined;

  /** Replies owed; negative when the server said more than it was asked for. */
  get owed(): number {
    return this.#owed;
  }

  /** Octets on their way to the server: a reply is owed for each line. */
  sent(octets: Uint8Array): void {
    for (const octet of octets) if (octet === LF) this.#owed += 1;
    if (this.#owed > 0) this.#wake?.();
  }

  /** Octets from the server: a line without a hyphen behind its code ends a reply (RFC 5321 §4.2.1). */
  received(octets: Uint8Array): void {
    for (const octet of octets) {
      if (octet === LF) {
        if (!this.#continued) this.#owed -= 1;
        this.#column = 0;
        this.#continued = false;
      } else {
        if (this.#column === 3) this.#continued = octet === HYPHEN;
        this.#column += 1;
      }
    }
  }

  /** Settles when something may be read: a reply is owed, or `release()` was called. */
  async turn(): Promise<void> {
    while (this.#owed <= 0 && !this.#released) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  /** Lets everything be read from now on. */
  release(): void {
    this.#released = true;
    this.#wake?.();
  }
}
