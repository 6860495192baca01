import { joinOctets } from './octet-join.ts';
import { lineBreaks, type QuotedPrintableOptions } from './quoted-printable.ts';
import { type LineBreaks, quotedPrintableBound, writeQuotedPrintable } from './quoted-printable-writer.ts';

const CR = 0x0d;

/**
 * Encodes a stream of octets as quoted-printable, whatever the sizes of its chunks (RFC 2045 §6.7).
 *
 * @example Encode a text file without holding it in memory
 * ```ts
 * const encoder = new QuotedPrintableEncoder();
 * for await (const chunk of file.stream()) await writer.write(encoder.push(chunk));
 * await writer.write(encoder.end());
 * ```
 */
export class QuotedPrintableEncoder {
  readonly #breaks: LineBreaks;
  /** Octets on the last line: how it is written depends on what follows. */
  #pending: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** @param options - which line ends are data */
  constructor(options: QuotedPrintableOptions = {}) {
    this.#breaks = lineBreaks(options);
  }

  /**
   * Takes the next octets and gives the whole lines they complete, in a new array.
   *
   * @param chunk - octets of any length
   */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    const source = joinOctets(this.#pending, chunk);
    // A last CR may be half of a line break.
    const known = source.at(-1) === CR ? source.subarray(0, -1) : source;
    const target = new Uint8Array(quotedPrintableBound(known.length));
    const { lineTarget, lineSource } = writeQuotedPrintable(known, target, 0, this.#breaks);
    this.#pending = source.slice(lineSource);
    return target.slice(0, lineTarget);
  }

  /** Gives the last line; the encoder is ready for another stream then. */
  end(): Uint8Array<ArrayBuffer> {
    const target = new Uint8Array(quotedPrintableBound(this.#pending.length));
    const { end } = writeQuotedPrintable(this.#pending, target, 0, this.#breaks);
    this.#pending = new Uint8Array(0);
    return target.slice(0, end);
  }
}
