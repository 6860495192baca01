import { Sha256 } from './sha256.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** A header field in relaxed form, without its line end (RFC 6376 §3.4.2). */
export function relaxField(field: string): string {
  const colon = field.indexOf(':');
  const name = field.slice(0, colon).trim().toLowerCase();
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${name}:${value}`;
}

/** Hashes a body in relaxed form while it passes: runs of white space become one, line ends and the end are bare (RFC 6376 §3.4.4). */
export class RelaxedBodyHash {
  readonly #hash: Sha256 = new Sha256();
  /** Line ends and white space that count only if something follows. */
  #breaks = 0;
  #space = false;
  #empty = true;

  update(octets: Uint8Array): void {
    // Each octet may be preceded by one space; line ends that wait go straight to the hash.
    const out = new Uint8Array(octets.length * 2 + 1);
    let end = 0;
    for (const octet of octets) {
      if (octet === SPACE || octet === TAB) this.#space = true;
      else if (octet === LF) {
        this.#breaks++;
        this.#space = false;
      } else if (octet !== CR) {
        if (this.#breaks > 0) {
          this.#hash.update(out.subarray(0, end));
          end = 0;
          this.#writeBreaks();
        }
        if (this.#space) out[end++] = SPACE;
        out[end++] = octet;
        this.#space = false;
        this.#empty = false;
      }
    }
    this.#hash.update(out.subarray(0, end));
  }

  /** Gives the hash; a body that is not empty ends in one CR LF. */
  digest(): Uint8Array<ArrayBuffer> {
    this.#breaks = this.#empty ? 0 : 1;
    this.#writeBreaks();
    return this.#hash.digest();
  }

  #writeBreaks(): void {
    const lineEnd = Uint8Array.of(CR, LF);
    for (; this.#breaks > 0; this.#breaks--) this.#hash.update(lineEnd);
  }
}
