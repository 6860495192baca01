import { base64Length, encodeBase64Into } from './base64.ts';
import { joinOctets } from './octet-join.ts';

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
  /** Octets of a line. */
  readonly #unit: number;
  /** Octets that do not fill a line yet. */
  #pending: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #started = false;

  /**
   * @param lineLength - characters on a line, a multiple of 4 up to 996; 0 for one single line
   * @throws RangeError when the line length is no multiple of 4 up to 996
   */
  constructor(lineLength = 76) {
    base64Length(0, lineLength);
    this.#lineLength = lineLength;
    this.#unit = lineLength === 0 ? 3 : (lineLength / 4) * 3;
  }

  /**
   * Takes the next octets and gives the whole lines they complete, in a new array.
   *
   * @param chunk - octets of any length
   */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    const source = joinOctets(this.#pending, chunk);
    const whole = source.length - (source.length % this.#unit);
    this.#pending = source.slice(whole);
    return this.#write(source.subarray(0, whole));
  }

  /** Gives the last line, padded; the encoder is ready for another stream then. */
  end(): Uint8Array<ArrayBuffer> {
    const last = this.#write(this.#pending);
    this.#pending = new Uint8Array(0);
    this.#started = false;
    return last;
  }

  #write(octets: Uint8Array): Uint8Array<ArrayBuffer> {
    if (octets.length === 0) return new Uint8Array(0);
    const separator = this.#started && this.#lineLength > 0 ? [0x0d, 0x0a] : [];
    this.#started = true;
    const target = new Uint8Array(separator.length + base64Length(octets.length, this.#lineLength));
    target.set(separator);
    encodeBase64Into(octets, target, separator.length, this.#lineLength);
    return target;
  }
}
