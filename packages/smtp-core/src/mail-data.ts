const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
/** What `indexOf` says when there is none; scanning again for it would make the pass quadratic. */
const NONE = -1;
const UNKNOWN = -2;
const EMPTY: Uint8Array = new Uint8Array(0);

/** What to do about a bare CR or a bare LF in content (RFC 5321 §2.3.8 forbids to send either). */
export interface LineEndingOptions {
  /** `'normalise'` writes CRLF instead (the default); `'strict'` throws. */
  readonly lineEndings?: 'normalise' | 'strict';
}

/**
 * Turns bare CR and bare LF into CRLF across chunks and adds nothing else, as text sent with BDAT needs it
 * (RFC 5321 §2.3.8, RFC 3030 §2).
 *
 * @example Prepare a BDAT chunk
 * ```ts
 * const lines = new LineNormaliser();
 * lines.push(new TextEncoder().encode('a\nb\r')); // a CRLF b CR
 * lines.end(); // LF
 * ```
 */
export class LineNormaliser {
  readonly #strict: boolean;
  readonly #stuff: boolean;
  #atLineStart = true;
  #pendingCr = false;

  /**
   * @param options What to do about bare CR and bare LF.
   * @param stuff Doubles the dot that starts a line: `DotStuffer` is the public name of that.
   */
  constructor(options: LineEndingOptions = {}, stuff = false) {
    this.#strict = options.lineEndings === 'strict';
    this.#stuff = stuff;
  }

  /** True when the octets so far end a line, or there are none. */
  get atLineStart(): boolean {
    return this.#atLineStart;
  }

  /**
   * Takes a chunk and gives what to send for it: one new array, or the chunk itself when nothing was inserted.
   *
   * @throws TypeError With `'strict'`, at a bare CR or a bare LF.
   */
  push(chunk: Uint8Array): Uint8Array {
    const insertions = this.#insertions(chunk);
    return insertions.length === 0 ? chunk : insert(chunk, insertions);
  }

  /**
   * Ends the content: the LF that a last CR lacks, or nothing.
   *
   * @throws TypeError With `'strict'`, at a bare CR.
   */
  end(): Uint8Array {
    if (!this.#pendingCr) return EMPTY;
    this.#refuse('CR');
    this.#pendingCr = false;
    this.#atLineStart = true;
    return Uint8Array.of(LF);
  }

  /** Octets to insert, as pairs: the index to insert before, the octet. */
  #insertions(chunk: Uint8Array): number[] {
    const found: number[] = [];
    let at = 0;
    let cr = UNKNOWN;
    let lf = UNKNOWN;
    while (at < chunk.length) {
      if (this.#pendingCr) {
        this.#pendingCr = false;
        this.#atLineStart = true;
        if (chunk[at] === LF) {
          at++;
          continue;
        }
        this.#refuse('CR');
        found.push(at, LF);
      }
      if (this.#stuff && this.#atLineStart && chunk[at] === DOT) found.push(at, DOT);
      if (cr !== NONE && cr < at) cr = chunk.indexOf(CR, at);
      if (lf !== NONE && lf < at) lf = chunk.indexOf(LF, at);
      this.#atLineStart = false;
      if (cr !== NONE && lf === cr + 1) {
        this.#atLineStart = true;
        at = lf + 1;
      } else if (cr !== NONE && (lf === NONE || cr < lf)) {
        this.#pendingCr = true;
        at = cr + 1;
      } else if (lf !== NONE) {
        this.#refuse('LF');
        found.push(lf, CR);
        this.#atLineStart = true;
        at = lf + 1;
      } else {
        at = chunk.length;
      }
    }
    return found;
  }

  #refuse(octet: 'CR' | 'LF'): void {
    if (this.#strict) throw new TypeError(`Write line ends as CRLF: the content holds a bare ${octet}`);
  }
}

/**
 * Makes content ready for DATA: line ends normalised, the dot that starts a line doubled, and at the end the
 * CRLF that may be missing and `.` CRLF (RFC 5321 §4.5.2).
 *
 * @example Send content in two pieces
 * ```ts
 * const dots = new DotStuffer();
 * dots.push(new TextEncoder().encode('a\r\n.')); // a CRLF ..
 * dots.end(); // CRLF . CRLF
 * ```
 */
export class DotStuffer {
  readonly #lines: LineNormaliser;

  /** @param options What to do about bare CR and bare LF; they are normalised unless told otherwise. */
  constructor(options: LineEndingOptions = {}) {
    this.#lines = new LineNormaliser(options, true);
  }

  /**
   * Takes a chunk and gives what to send for it: one new array, or the chunk itself when nothing was inserted.
   *
   * @throws TypeError With `'strict'`, at a bare CR or a bare LF.
   */
  push(chunk: Uint8Array): Uint8Array {
    return this.#lines.push(chunk);
  }

  /**
   * Gives the end of data: `.` CRLF on a line of its own; for an empty message that alone.
   *
   * @throws TypeError With `'strict'`, at a bare CR.
   */
  end(): Uint8Array {
    const rest = this.#lines.end();
    if (rest.length > 0) return Uint8Array.of(LF, DOT, CR, LF);
    return this.#lines.atLineStart ? Uint8Array.of(DOT, CR, LF) : Uint8Array.of(CR, LF, DOT, CR, LF);
  }
}

/** One output array for a chunk and what goes into it, copied by runs. */
function insert(chunk: Uint8Array, insertions: readonly number[]): Uint8Array {
  const out = new Uint8Array(chunk.length + insertions.length / 2);
  let from = 0;
  let to = 0;
  for (let i = 0; i < insertions.length; i += 2) {
    const before = insertions[i]!;
    if (before > from) {
      out.set(chunk.subarray(from, before), to);
      to += before - from;
      from = before;
    }
    out[to++] = insertions[i + 1]!;
  }
  out.set(chunk.subarray(from), to);
  return out;
}
