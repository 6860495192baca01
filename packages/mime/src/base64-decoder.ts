/** Marks octets outside the alphabet, line breaks among them. */
const SKIP = 64;

/** The value of every octet; `-` and `_` of base64url count as `+` and `/`. */
function characterValues(): Uint8Array {
  const values = new Uint8Array(256).fill(SKIP);
  for (let value = 0; value < 26; value++) {
    values[0x41 + value] = value;
    values[0x61 + value] = 26 + value;
  }
  for (let digit = 0; digit < 10; digit++) values[0x30 + digit] = 52 + digit;
  values[0x2b] = values[0x2d] = 62;
  values[0x2f] = values[0x5f] = 63;
  return values;
}

const VALUES: Uint8Array = /* @__PURE__ */ characterValues();

/**
 * Decodes base64 or base64url, skipping what is not in the alphabet as RFC 2045 §6.8 asks.
 *
 * @param text - base64 text or its ASCII octets; padding may be missing and may stand in the middle
 * @returns the octets; an incomplete last group gives its whole octets
 * @example Read a body
 * ```ts
 * decodeBase64('SGk='); // Uint8Array [72, 105]
 * ```
 */
export function decodeBase64(text: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const source = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const octets = new Uint8Array(Math.ceil(source.length / 4) * 3);
  let end = 0;
  let position = 0;
  let bits = 0;
  let held = 0;
  while (position < source.length) {
    if (held === 0) {
      for (; position + 3 < source.length; position += 4) {
        const a = VALUES[source[position]!]!;
        const b = VALUES[source[position + 1]!]!;
        const c = VALUES[source[position + 2]!]!;
        const d = VALUES[source[position + 3]!]!;
        if ((a | b | c | d) >= SKIP) break;
        const group = (a << 18) | (b << 12) | (c << 6) | d;
        octets[end] = group >> 16;
        octets[end + 1] = group >> 8;
        octets[end + 2] = group;
        end += 3;
      }
      if (position === source.length) break;
    }
    const character = source[position++]!;
    const value = VALUES[character]!;
    if (value < SKIP) {
      bits = (bits << 6) | value;
      held += 6;
      if (held >= 8) {
        held -= 8;
        octets[end++] = bits >> held;
      }
    } else if (character === 0x3d) {
      held = 0;
    }
  }
  return octets.slice(0, end);
}
