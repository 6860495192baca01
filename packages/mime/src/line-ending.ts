const LF = 0x0a;
const CR = 0x0d;

/**
 * Turns any mix of CR, LF and CR LF into CR LF (RFC 5322 §2.3), in any charset whose line ends are single octets.
 *
 * @param bytes - text octets with line ends of any kind
 * @param afterCr - whether a CR stands before the octets, whose line end a first LF completes
 * @returns the same array when nothing had to change
 * @example Text in a charset of its own
 * ```ts
 * const body = toCrlfBytes(gb2312);
 * ```
 */
export function toCrlfBytes(bytes: Uint8Array, afterCr = false): Uint8Array {
  // Each octet may be a line end that lacks its other half.
  const target = new Uint8Array(bytes.length * 2);
  let end = 0;
  let previous = afterCr ? CR : 0;
  for (const octet of bytes) {
    if (octet !== CR && octet !== LF) target[end++] = octet;
    else if (octet === CR || previous !== CR) {
      target[end++] = CR;
      target[end++] = LF;
    }
    previous = octet;
  }
  return end === bytes.length && !afterCr ? bytes : target.slice(0, end);
}
