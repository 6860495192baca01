const CR = 0x0d;
const LF = 0x0a;
const EMPTY: Uint8Array = new Uint8Array(0);

/** Says how many octets, CRLF included, a line may have that begins like this. */
export type LineLimit = (head: Uint8Array) => number;

/**
 * Octets that have arrived and are not understood yet, taken as lines that end with CRLF and nothing else, or as
 * they are; a line over its limit is reported at once and the rest of it dropped (RFC 5321 §2.3.8, §4.5.3.1).
 *
 * @example Take a command line, then five octets
 * ```ts
 * const input = new LineBuffer();
 * input.push(new TextEncoder().encode('BDAT 5\r\nhello'));
 * input.line(() => 512); // the octets of BDAT 5
 * input.skip(input.pending.length);
 * ```
 */
export class LineBuffer {
  #octets: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** Octets before this hold no CRLF: scanning resumes here, so a line that dribbles in stays linear. */
  #scanned = 0;
  #owned = false;
  #dropping = false;

  /** Number of octets waiting. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** A view of the octets waiting. */
  get pending(): Uint8Array {
    return this.#octets.subarray(this.#start, this.#end);
  }

  /** Adds octets; they are kept by reference when nothing waits, so the caller must not write to them again. */
  push(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (this.length === 0) {
      this.#adopt(octets, octets.length, false);
    } else {
      if (!this.#owned || this.#end + octets.length > this.#octets.length) this.#grow(octets.length);
      this.#octets.set(octets, this.#end);
      this.#end += octets.length;
    }
    if (this.#dropping) this.#drop();
  }

  /**
   * Takes the next line.
   *
   * @param limit The limit for the line, asked with its first octets.
   * @returns The line without CRLF, `'too-long'` once for a line over the limit, or undefined when more octets
   *   are needed.
   */
  line(limit: LineLimit): Uint8Array | 'too-long' | undefined {
    const lineFeed = this.#lineFeed();
    const complete = lineFeed >= 0;
    const missing = this.#octets[this.#end - 1] === CR ? 1 : 2;
    const octets = complete ? lineFeed + 1 - this.#start : this.length + missing;
    if (this.length > 0 && octets > limit(this.pending)) {
      this.#dropping = true;
      this.#drop();
      return 'too-long';
    }
    if (!complete) return undefined;
    const line = this.#octets.subarray(this.#start, lineFeed - 1);
    this.skip(lineFeed + 1 - this.#start);
    return line;
  }

  /** Removes octets from the front; the views given out before stay valid. */
  skip(octets: number): void {
    this.#start += octets;
    this.#scanned = Math.max(this.#scanned, this.#start);
    if (this.length === 0) this.#adopt(EMPTY, 0, false);
  }

  /** Forgets everything that waits, also a line that is being dropped. */
  clear(): void {
    this.#adopt(EMPTY, 0, false);
    this.#dropping = false;
  }

  /** Index of the LF of the first CRLF, or -1. */
  #lineFeed(): number {
    let at = Math.max(this.#scanned, this.#start + 1);
    for (;;) {
      const found = this.#octets.subarray(0, this.#end).indexOf(LF, at);
      if (found < 0) break;
      if (this.#octets[found - 1] === CR) return found;
      at = found + 1;
    }
    this.#scanned = this.#end;
    return -1;
  }

  #drop(): void {
    const lineFeed = this.#lineFeed();
    this.#dropping = lineFeed < 0;
    const keepCr = this.#dropping && this.#octets[this.#end - 1] === CR ? 1 : 0;
    this.skip(this.#dropping ? this.length - keepCr : lineFeed + 1 - this.#start);
  }

  #grow(more: number): void {
    const octets = new Uint8Array(Math.max(2 * (this.length + more), 256));
    octets.set(this.pending);
    const scanned = this.#scanned - this.#start;
    const length = this.length;
    this.#adopt(octets, length, true);
    this.#scanned = Math.max(scanned, 0);
  }

  #adopt(octets: Uint8Array, length: number, owned: boolean): void {
    this.#octets = octets;
    this.#start = 0;
    this.#end = length;
    this.#scanned = 0;
    this.#owned = owned;
  }
}
