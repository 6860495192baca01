import { refuseCollision } from './boundary.ts';
import { refuse } from './error.ts';
import { lineOctets } from './limit.ts';
import type { Domain } from './transfer-encoding.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Lets a body pass unencoded and checks it on the way: line ends become CR LF, and what the declared encoding
 * does not allow, or a line that begins with a boundary, ends the message (RFC 2045 §2.7, §2.8; RFC 2046 §5.1.1).
 */
export class PassThrough {
  readonly #encoding: Domain;
  readonly #boundaries: readonly string[];
  readonly #field: string;
  /** The current line, as far as a boundary could reach, and its octets so far. */
  #line = '';
  #column = 0;
  #afterCr = false;
  #position = 0;

  constructor(encoding: Domain, boundaries: readonly string[], field: string) {
    this.#encoding = encoding;
    this.#boundaries = boundaries;
    this.#field = field;
  }

  push(chunk: Uint8Array): Uint8Array {
    const binary = this.#encoding === 'binary';
    // Each octet may be a line end that lacks its other half.
    const target = new Uint8Array(chunk.length * 2);
    let end = 0;
    for (const octet of chunk) {
      const isEnd = octet === LF || octet === CR;
      if (!isEnd) this.#check(octet);
      else {
        this.#column = 0;
        this.#line = '';
      }
      if (!isEnd || binary) target[end++] = octet;
      else if (octet === CR || !this.#afterCr) {
        target[end++] = CR;
        target[end++] = LF;
      }
      this.#afterCr = octet === CR;
      this.#position++;
    }
    return target.subarray(0, end);
  }

  end(): Uint8Array {
    return new Uint8Array(0);
  }

  #check(octet: number): void {
    // RFC 2046 §5.1.1: a boundary has at most 70 characters, its delimiter 72.
    if (this.#column++ < 72) {
      this.#line += String.fromCharCode(octet);
      const met = this.#boundaries.find(boundary => this.#line === `--${boundary}`);
      if (met !== undefined) refuseCollision(met, this.#field);
    }
    const allowed = octet !== 0 && this.#column <= lineOctets && (octet < 128 || this.#encoding === '8bit');
    if (allowed || this.#encoding === 'binary') return;
    refuse(
      'invalid-encoding',
      this.#field,
      `Choose base64 for what is not ${this.#encoding}`,
      octet,
      this.#position,
    );
  }
}
