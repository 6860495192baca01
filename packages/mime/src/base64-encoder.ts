import { base64Length, encodeBase64Into } from './base64.ts';

/**
 * Encodes a stream of octets as base64, whatever the sizes of its chunks (RFC 2045 §6.8).
 *
 * @example Encode a file without holding it in memory
 * ```ts
 * const encoder = new Base64Encoder(76);
 * for await (const chunk of file.stream()) await writer.write(encoder.push(chunk));
 * await writer.write(encoder.end());
 * ```
 */
export class Base64Encoder {
  readonly #lineLength: number;
  /** Octets that do not fill a line yet; `#held` of them are in use. */
  readonly #pending: Uint8Array<ArrayBuffer>;
  #held = 0;
  #started = false;

  /**
   * @param lineLength - characters on a line, a multiple of 4 up to 996; 0 for one single line
   * @throws RangeError when the line length is no multiple of 4 up to 996
   */
  constructor(lineLength = 76) {
    base64Length(0, lineLength);
    this.#lineLength = lineLength;
    this.#pending = new Uint8Array(lineLength === 0 ? 3 : (lineLength / 4) * 3);
  }

  /**
   * Takes the next octets and gives the whole lines they complete, in a new array.
   *
   * @param chunk - octets of any length
   */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    const unit = this.#pending.length;
    const total = this.#held + chunk.length;
    if (total < unit) {
      this.#pending.set(chunk, this.#held);
      this.#held = total;
      return new Uint8Array(0);
    }
    let from = 0;
    const target = new Uint8Array(this.#separator() + this.#length(total - (total % unit)));
    let end = 0;
    if (this.#held > 0) {
      from = unit - this.#held;
      this.#pending.set(chunk.subarray(0, from), this.#held);
      end = this.#write(this.#pending, target, end);
    }
    const rest = (chunk.length - from) % unit;
    if (chunk.length - rest > from) this.#write(chunk.subarray(from, chunk.length - rest), target, end);
    this.#pending.set(chunk.subarray(chunk.length - rest));
    this.#held = rest;
    return target;
  }

  /** Gives the last line, padded; the encoder is ready for another stream then. */
  end(): Uint8Array<ArrayBuffer> {
    const last = this.#pending.subarray(0, this.#held);
    const target = new Uint8Array(this.#held === 0 ? 0 : this.#separator() + this.#length(this.#held));
    if (this.#held > 0) this.#write(last, target, 0);
    this.#held = 0;
    this.#started = false;
    return target;
  }

  #separator(): number {
    return this.#started && this.#lineLength > 0 ? 2 : 0;
  }

  #length(octets: number): number {
    return base64Length(octets, this.#lineLength);
  }

  #write(bytes: Uint8Array, target: Uint8Array, offset: number): number {
    let start = offset;
    if (this.#separator() > 0) {
      target[start++] = 0x0d;
      target[start++] = 0x0a;
    }
    this.#started = true;
    return encodeBase64Into(bytes, target, start, this.#lineLength);
  }
}
