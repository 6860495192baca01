const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
/** What `indexOf` says when there is none; scanning again for it would make the pass quadratic. */
const NONE = -1;
const UNKNOWN = -2;

/** What one chunk of a DATA stream held. */
export interface Unstuffed {
  /** Content octets with transparency undone; the end-of-data line is not among them. */
  readonly content: Uint8Array;
  /** Index in the chunk behind the end of data; octets from there are commands. Undefined while data goes on. */
  readonly end?: number;
}

/** Where in a line the stream stands. */
type Position = 'text' | 'cr' | 'line-start' | 'dot' | 'dot-cr';

/**
 * Undoes dot-stuffing and finds the end of data: only CRLF `.` CRLF ends it, whatever bare CR and bare LF stand
 * around other dots, so no message can be smuggled in another (RFC 5321 §4.1.1.4, §4.5.2).
 *
 * @example Receive a message
 * ```ts
 * const data = new DotUnstuffer();
 * data.push(new TextEncoder().encode('..a\r\n.\r\nQUIT\r\n')); // { content: .a CRLF, end: 8 }
 * ```
 */
export class DotUnstuffer {
  #position: Position = 'line-start';
  #bareCr = false;
  #bareLf = false;

  /** A CR without LF was seen. */
  get bareCr(): boolean {
    return this.#bareCr;
  }

  /** An LF without CR was seen. */
  get bareLf(): boolean {
    return this.#bareLf;
  }

  /**
   * Takes a chunk of the stream that follows the 354 reply; not to be called again once the end was found.
   *
   * @returns The content as one new array, or as a view of the chunk when no dot was removed.
   */
  push(chunk: Uint8Array): Unstuffed {
    const removed: number[] = [];
    let heldCr = false;
    let cr = UNKNOWN;
    let lf = UNKNOWN;
    let at = 0;
    while (at < chunk.length) {
      const octet = chunk[at];
      switch (this.#position) {
        case 'line-start':
          this.#position = octet === DOT ? 'dot' : 'text';
          if (octet === DOT) removed.push(at++);
          break;
        case 'dot':
          this.#position = octet === CR ? 'dot-cr' : 'text';
          if (octet === CR) at++;
          break;
        case 'dot-cr':
          if (octet === LF)
            return { content: without(chunk.subarray(0, Math.max(at - 1, 0)), removed), end: at + 1 };
          this.#bareCr = true;
          this.#position = 'text';
          heldCr ||= at === 0;
          break;
        case 'cr':
          this.#position = octet === LF ? 'line-start' : 'text';
          if (octet === LF) at++;
          else this.#bareCr = true;
          break;
        case 'text':
          if (cr !== NONE && cr < at) cr = chunk.indexOf(CR, at);
          if (lf !== NONE && lf < at) lf = chunk.indexOf(LF, at);
          if (cr !== NONE && lf === cr + 1) {
            at = lf + 1;
            // The usual line: nothing to look at between its end and the next.
            if (at === chunk.length || chunk[at] === DOT) this.#position = 'line-start';
          } else if (cr !== NONE && (lf === NONE || cr < lf)) {
            this.#position = 'cr';
            at = cr + 1;
          } else if (lf !== NONE) {
            this.#bareLf = true;
            at = lf + 1;
          } else {
            at = chunk.length;
          }
      }
    }
    const stop = this.#position === 'dot-cr' ? Math.max(at - 1, 0) : at;
    return { content: without(chunk.subarray(0, stop), removed, heldCr) };
  }
}

/** The chunk without the octets at the given indices; `cr` puts the CR first that an earlier chunk held back. */
function without(chunk: Uint8Array, removed: readonly number[], cr = false): Uint8Array {
  if (removed.length === 0 && !cr) return chunk;
  const out = new Uint8Array(chunk.length - removed.length + (cr ? 1 : 0));
  let from = 0;
  let to = 0;
  if (cr) out[to++] = CR;
  for (const index of removed) {
    out.set(chunk.subarray(from, index), to);
    to += index - from;
    from = index + 1;
  }
  out.set(chunk.subarray(from), to);
  return out;
}
