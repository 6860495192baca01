const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOT = 0x2e;

/** What transport needs to know of some octets before it can choose an encoding (RFC 2045 §2). */
export interface LineScan {
  /** Number of octets above 127. */
  readonly eightBit: number;
  /** Whether there is a NUL, or a CR or LF that is not part of CR LF. */
  readonly binary: boolean;
  /** Octets in the longest line, not counting CR LF. */
  readonly longestLine: number;
  /** Whether a relay might change a line: a lone `.`, `From ` at the start, white space at the end. */
  readonly fragile: boolean;
}

/**
 * Reads octets once and tells what a transfer encoding must protect.
 *
 * @param bytes - body octets, lines ended by CR LF
 * @example Is it 7bit?
 * ```ts
 * const { eightBit, binary, longestLine } = scanLines(body);
 * const sevenBit = eightBit === 0 && !binary && longestLine <= 998;
 * ```
 */
export function scanLines(bytes: Uint8Array): LineScan {
  const octets = bytes.length;
  let eightBit = 0;
  let binary = false;
  let longestLine = 0;
  let fragile = false;
  let lineStart = 0;
  for (let position = 0; position <= octets; position++) {
    const octet = position < octets ? bytes[position]! : CR;
    if (octet > CR && octet < 0x80) continue;
    if (octet >= 0x80) {
      eightBit++;
    } else if (position === octets || (octet === CR && bytes[position + 1] === LF)) {
      longestLine = Math.max(longestLine, position - lineStart);
      fragile ||= isFragile(bytes, lineStart, position);
      lineStart = position + 2;
      position++;
    } else if (octet === CR || octet === LF || octet === 0) {
      binary = true;
    }
  }
  return { eightBit, binary, longestLine, fragile };
}

function isFragile(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  const last = bytes[end - 1];
  if (last === SPACE || last === TAB) return true;
  if (bytes[start] === DOT) return end === start + 1;
  return (
    bytes[start] === 0x46 &&
    bytes[start + 1] === 0x72 &&
    bytes[start + 2] === 0x6f &&
    bytes[start + 3] === 0x6d &&
    bytes[start + 4] === SPACE
  );
}
