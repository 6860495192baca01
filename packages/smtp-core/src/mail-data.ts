import { octetsOf } from './octets.ts';

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;

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
  /** CR or LF when that was the last octet, undefined behind text; content starts on a new line. */
  #lineEnd: number | undefined = LF;

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
    return this.#lineEnd === LF;
  }

  /**
   * Takes a chunk and gives what to send for it: one new array, or the chunk itself when nothing was inserted.
   *
   * @throws TypeError With `'strict'`, at a bare CR or a bare LF.
   */
  push(chunk: Uint8Array): Uint8Array {
    /** Octets to insert, as pairs: the index to insert before, the octet. */
    const insertions: number[] = [];
    let lineEnd = this.#lineEnd;
    let at = lineEnd === CR && chunk[0] === LF ? 1 : 0;
    if (at > 0) lineEnd = LF;
    const words = wordsOf(chunk);
    while (at < chunk.length) {
      if (lineEnd === CR) insertions.push(at, this.#supply(LF));
      if (this.#stuff && lineEnd && chunk[at] === DOT) insertions.push(at, DOT);
      at = nextLineEnd(chunk, words, at);
      if (chunk[at] === LF) insertions.push(at, this.#supply(CR));
      else if (chunk[at + 1] === LF) at++;
      lineEnd = chunk[at++];
    }
    this.#lineEnd = lineEnd;
    return insertions.length > 0 ? insert(chunk, insertions) : chunk;
  }

  /**
   * Ends the content: the LF that a last CR lacks, or nothing.
   *
   * @throws TypeError With `'strict'`, at a bare CR.
   */
  end(): Uint8Array {
    if (this.#lineEnd !== CR) return new Uint8Array(0);
    this.#lineEnd = this.#supply(LF);
    return Uint8Array.of(LF);
  }

  /** Gives the octet that a bare CR or LF lacks, unless it is refused. */
  #supply(octet: number): number {
    if (this.#strict) throw new TypeError('Write line ends as CRLF: the content holds a bare CR or LF');
    return octet;
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
export class DotStuffer extends LineNormaliser {
  /** @param options What to do about bare CR and bare LF; they are normalised unless told otherwise. */
  constructor(options: LineEndingOptions = {}) {
    super(options, true);
  }

  /**
   * Gives the end of data: `.` CRLF on a line of its own; for an empty message that alone.
   *
   * @throws TypeError With `'strict'`, at a bare CR.
   */
  override end(): Uint8Array {
    const there = super.end().length || (this.atLineStart ? 2 : 0);
    return octetsOf('\r\n.\r\n'.slice(there));
  }
}

/** The octets of a chunk by four, from the first that is aligned. */
function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  const lead = -byteOffset & 3;
  return length > lead
    ? new Uint32Array(buffer, byteOffset + lead, (length - lead) >> 2)
    : new Uint32Array(0);
}

/** Index of the next CR or LF, or the length. Measured: five times as fast as a search for each of them a line. */
function nextLineEnd(chunk: Uint8Array, words: Uint32Array, from: number): number {
  const lead = words.byteOffset - chunk.byteOffset;
  for (let at = from; at < chunk.length; at++) {
    const octet = chunk[at]!;
    if (octet === CR || octet === LF) return at;
    if (((at - lead) & 3) === 3) {
      let i = (at - lead + 1) >> 2;
      // Bit 7 is set by an octet below 14, and by no other unless there is one.
      while (i < words.length && ((words[i]! - 0x0e0e0e0e) & ~words[i]! & 0x80808080) === 0) i++;
      at = lead + 4 * i - 1;
    }
  }
  return chunk.length;
}

/** One output array for a chunk and what goes into it; from the end, so that no run is overwritten. */
function insert(chunk: Uint8Array, insertions: readonly number[]): Uint8Array {
  const out = new Uint8Array(chunk.length + insertions.length / 2);
  out.set(chunk);
  let end = chunk.length;
  for (let i = insertions.length - 2; i >= 0; i -= 2) {
    const before = insertions[i]!;
    out.copyWithin(before + i / 2 + 1, before, end);
    out[before + i / 2] = insertions[i + 1]!;
    end = before;
  }
  return out;
}
