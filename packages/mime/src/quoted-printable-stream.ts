import { encodeQuotedPrintable } from './quoted-printable.ts';

/** Octets kept back while no line end comes. */
const longestWait = 65_536;
const softBreak: Uint8Array = /* @__PURE__ */ Uint8Array.of(0x3d, 0x0d, 0x0a);

/** Encodes a stream as quoted-printable, cut at line ends, or by a soft break where none comes (RFC 2045 §6.7). */
export class QuotedPrintableStream {
  #pending: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): Uint8Array {
    const octets = concat(this.#pending, chunk);
    const end = octets.lastIndexOf(0x0a) + 1;
    if (end > 1 && octets[end - 2] === 0x0d) {
      this.#pending = octets.slice(end);
      return encodeQuotedPrintable(octets.subarray(0, end));
    }
    if (octets.length < longestWait) {
      this.#pending = octets;
      return new Uint8Array(0);
    }
    const cut = characterStart(octets);
    this.#pending = octets.slice(cut);
    return concat(encodeQuotedPrintable(octets.subarray(0, cut)), softBreak);
  }

  end(): Uint8Array {
    const encoded = encodeQuotedPrintable(this.#pending);
    this.#pending = new Uint8Array(0);
    return encoded;
  }
}

/** The start of the last character: neither UTF-8 nor CR LF is cut. */
function characterStart(octets: Uint8Array): number {
  let cut = octets.length - 1;
  for (let i = 0; i < 3 && ((octets[cut] as number) & 0xc0) === 0x80; i++) cut--;
  return cut;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
