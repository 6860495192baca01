const LF = 0x0a;
const CR = 0x0d;

/**
 * Turns any mix of CR, LF and CR LF into CR LF (RFC 5322 §2.3), in any charset whose line ends are single octets.
 *
 * @param bytes - text octets with line ends of any kind
 * @returns the same array when nothing had to change
 * @example Text in a charset of its own
 * ```ts
 * const body = toCrlfBytes(gb2312);
 * ```
 */
export function toCrlfBytes(bytes: Uint8Array): Uint8Array {
  let missing = 0;
  for (let at = nextBreak(bytes, 0); at < bytes.length; at = nextBreak(bytes, at + 1)) {
    if (bytes[at] === CR && bytes[at + 1] === LF) at++;
    else missing++;
  }
  if (missing === 0) return bytes;
  const target = new Uint8Array(bytes.length + missing);
  let end = 0;
  for (let position = 0; position < bytes.length; position++) {
    const octet = bytes[position]!;
    if (octet === CR || octet === LF) {
      target[end++] = CR;
      target[end++] = LF;
      if (octet === CR && bytes[position + 1] === LF) position++;
    } else {
      target[end++] = octet;
    }
  }
  return target;
}

/** The offset of the first CR or LF at or after a position, or the length. */
function nextBreak(bytes: Uint8Array, start: number): number {
  let position = start;
  while (position < bytes.length && bytes[position] !== CR && bytes[position] !== LF) position++;
  return position;
}
