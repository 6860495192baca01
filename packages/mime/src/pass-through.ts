import { boundaryCollision } from './boundary.ts';
import { MimeError } from './error.ts';
import { lineOctets } from './limit.ts';

/**
 * Lets a body pass unencoded and checks it on the way: line ends become CR LF, and what the declared encoding
 * does not allow, or a line that begins with a boundary, ends the message (RFC 2045 §2.7, §2.8; RFC 2046 §5.1.1).
 */
export class PassThrough {
  readonly #encoding: '7bit' | '8bit' | 'binary';
  readonly #boundaries: readonly string[];
  readonly #field: string;
  #column = 0;
  #afterCr = false;
  #position = 0;
  /** The beginning of the current line, as far as a boundary could reach. */
  #line = '';
  readonly #reach: number;

  constructor(encoding: '7bit' | '8bit' | 'binary', boundaries: readonly string[], field: string) {
    this.#encoding = encoding;
    this.#boundaries = boundaries;
    this.#field = field;
    this.#reach = 2 + Math.max(0, ...boundaries.map(boundary => boundary.length));
  }

  push(chunk: Uint8Array): Uint8Array {
    // At most every octet is a line end of its own.
    const target = new Uint8Array(chunk.length * 2 + 1);
    let end = 0;
    for (const octet of chunk) {
      const lineEnd = octet === 0x0a || octet === 0x0d;
      if (octet === 0x0a && this.#afterCr) {
        // Its CR has been written as CR LF.
        this.#afterCr = false;
        if (this.#encoding === 'binary') target[end++] = octet;
      } else {
        this.#afterCr = octet === 0x0d;
        if (lineEnd) this.#column = 0;
        else this.#check(octet);
        if (lineEnd) this.#line = '';
        if (!lineEnd || this.#encoding === 'binary') target[end++] = octet;
        else {
          target[end++] = 0x0d;
          target[end++] = 0x0a;
        }
      }
      this.#position++;
    }
    return target.subarray(0, end);
  }

  end(): Uint8Array {
    return new Uint8Array(0);
  }

  #check(octet: number): void {
    if (this.#column++ < this.#reach) this.#checkBoundary(octet);
    if (this.#encoding === 'binary') return;
    if (octet === 0) throw this.#refuse('Remove the NUL');
    if (this.#column > lineOctets) throw this.#refuse(`Break the line of more than ${lineOctets} octets`);
    if (octet > 127 && this.#encoding === '7bit') throw this.#refuse('Choose 8bit for the octet above 127');
  }

  #checkBoundary(octet: number): void {
    this.#line += String.fromCharCode(octet);
    for (const boundary of this.#boundaries) {
      if (this.#line === `--${boundary}`) throw boundaryCollision(boundary, this.#field);
    }
  }

  #refuse(advice: string): MimeError {
    const place = { field: this.#field, position: this.#position };
    return new MimeError('invalid-encoding', `${advice} at octet ${this.#position} of ${this.#field}`, place);
  }
}
