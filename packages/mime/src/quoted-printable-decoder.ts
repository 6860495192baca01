const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EQUALS = 0x3d;

/**
 * Decodes quoted-printable text (RFC 2045 §6.7), forgiving what can only be meant one way.
 *
 * Soft breaks vanish, also with white space or a bare LF after the `=`; white space at the end of a line is
 * dropped as rule 3 demands; lower-case digits count; an `=` before anything else stays.
 *
 * @param text - encoded text or its octets
 * @returns the octets
 * @example Read a body
 * ```ts
 * new TextDecoder().decode(decodeQuotedPrintable('Gr=C3=BC=C3=9Fe')); // Grüße
 * ```
 */
export function decodeQuotedPrintable(text: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const source = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const octets = new Uint8Array(source.length);
  let end = 0;
  /** End of what must stay: white space written after it is dropped when the line ends. */
  let kept = 0;
  let position = 0;
  while (position < source.length) {
    const octet = source[position++]!;
    if (octet === EQUALS) {
      const value = (hexValue(source[position]) << 4) | hexValue(source[position + 1]);
      if (value >= 0) {
        octets[end++] = value;
        position += 2;
      } else {
        const next = afterLineBreak(source, position);
        if (next < 0) octets[end++] = EQUALS;
        else position = next;
      }
      kept = end;
    } else if (octet === CR || octet === LF) {
      // A CR that no LF follows is data; so is white space before it.
      if (octet === LF || source[position] === LF) end = kept;
      octets[end++] = octet;
      kept = end;
    } else {
      octets[end++] = octet;
      if (octet !== SPACE && octet !== TAB) kept = end;
    }
  }
  return octets.slice(0, kept);
}

/** The offset after optional white space and a line break or the end of the text, else -1. */
function afterLineBreak(source: Uint8Array, start: number): number {
  let position = start;
  while (source[position] === SPACE || source[position] === TAB) position++;
  if (position === source.length) return position;
  if (source[position] === CR) position++;
  return source[position] === LF ? position + 1 : -1;
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
