import { Sha256 } from './sha256.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** A header field in relaxed form, without its line end (RFC 6376 §3.4.2). */
export function relaxField(field: string): string {
  const colon = field.indexOf(':');
  // White space is SP and HTAB (RFC 6376 §2.8): octet A0 ends a character of UTF-8, `à` for one.
  const name = field.slice(0, colon).replace(/[ \t]/g, '').toLowerCase();
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return `${name}:${value}`;
}

/** Hashes a body in relaxed form while it passes: runs of white space become one, line ends and the end are bare (RFC 6376 §3.4.4). CR LF alone ends a line. */
export class RelaxedBodyHash {
  readonly #hash: Sha256 = new Sha256();
  /** Line ends and white space that count only if something follows. */
  #breaks = 0;
  #space = false;
  /** Whether the last octet is a CR, which ends a line only if LF follows. */
  #cr = false;
  #empty = true;

  update(octets: Uint8Array): void {
    // Each octet, and the CR that waited for it, may be preceded by one space; line ends that wait go straight to the hash.
    const out = new Uint8Array(octets.length * 2 + 2);
    let end = 0;
    const write = (octet: number): void => {
      if (this.#breaks > 0) {
        this.#hash.update(out.subarray(0, end));
        end = 0;
        this.#writeBreaks();
      }
      if (this.#space) out[end++] = SPACE;
      out[end++] = octet;
      this.#space = false;
      this.#empty = false;
    };
    for (const octet of octets) {
      const afterCr = this.#cr;
      this.#cr = octet === CR;
      if (afterCr && octet === LF) {
        this.#breaks++;
        this.#space = false;
        continue;
      }
      if (afterCr) write(CR);
      if (octet === SPACE || octet === TAB) this.#space = true;
      else if (octet !== CR) write(octet);
    }
    this.#hash.update(out.subarray(0, end));
  }

  /** Gives the hash; a body that is not empty ends in one CR LF. */
  digest(): Uint8Array<ArrayBuffer> {
    // Another octet shows that no LF follows the CR; it would wait itself, and is dropped.
    if (this.#cr) this.update(Uint8Array.of(CR));
    this.#breaks = this.#empty ? 0 : 1;
    this.#writeBreaks();
    return this.#hash.digest();
  }

  #writeBreaks(): void {
    const lineEnd = Uint8Array.of(CR, LF);
    for (; this.#breaks > 0; this.#breaks--) this.#hash.update(lineEnd);
  }
}
