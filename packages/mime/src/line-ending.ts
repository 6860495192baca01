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
  const isBare = (at: number): boolean =>
    bytes[at] === CR ? bytes[at + 1] !== LF : bytes[at] === LF && bytes[at - 1] !== CR;
  let missing = 0;
  for (let at = 0; at < bytes.length; at++) if (isBare(at)) missing++;
  if (missing === 0) return bytes;
  const target = new Uint8Array(bytes.length + missing);
  let end = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (isBare(at)) {
      target[end++] = CR;
      target[end++] = LF;
    } else {
      target[end++] = bytes[at]!;
    }
  }
  return target;
}
