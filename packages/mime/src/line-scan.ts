import { startsWithFrom } from './quoted-printable-writer.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOT = 0x2e;

/** What transport needs to know of some octets before it can choose an encoding (RFC 2045 §2). */
export interface LineScan {
  /** Number of octets above 127. */
  readonly eightBit: number;
  /** Number of octets before the first empty line: the header, where the octets are a message. */
  readonly headerOctets: number;
  /** Whether there is a NUL. */
  readonly nul: boolean;
  /** Number of CR and LF that are not part of CR LF; each ends a line here. */
  readonly bareBreaks: number;
  /** Octets in the longest line, not counting its end. */
  readonly longestLine: number;
  /** Whether a relay might change a line: a lone `.`, `From ` at the start, white space at the end. */
  readonly fragile: boolean;
}

/**
 * Reads octets once and tells what a transfer encoding must protect.
 *
 * @param bytes - body octets
 * @example Is it 7bit?
 * ```ts
 * const { eightBit, nul, bareBreaks, longestLine } = scanLines(body);
 * const sevenBit = eightBit === 0 && !nul && bareBreaks === 0 && longestLine <= 998;
 * ```
 */
export function scanLines(bytes: Uint8Array): LineScan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const octets = bytes.length;
  let eightBit = 0;
  let headerOctets: number | undefined;
  let nul = false;
  let bareBreaks = 0;
  let longestLine = 0;
  let fragile = false;
  let lineStart = 0;
  for (let position = 0; position <= octets; position++) {
    while (position + 4 <= octets && isPrintable(view.getUint32(position))) position += 4;
    const octet = position < octets ? bytes[position]! : LF;
    if (octet >= 0x80) eightBit++;
    else if (octet === 0) nul = true;
    if (octet !== CR && octet !== LF) continue;
    if (position === lineStart) headerOctets ??= position;
    longestLine = Math.max(longestLine, position - lineStart);
    fragile ||= isFragile(bytes, lineStart, position);
    if (octet === CR && bytes[position + 1] === LF) position++;
    else if (position < octets) bareBreaks++;
    lineStart = position + 1;
  }
  return { eightBit, headerOctets: headerOctets ?? octets, nul, bareBreaks, longestLine, fragile };
}

/** Whether none of four octets is a control or above 127; it can only err to the safe side. */
function isPrintable(word: number): boolean {
  return ((word | (word - 0x20202020)) & 0x80808080) === 0;
}

function isFragile(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  const last = bytes[end - 1];
  if (last === SPACE || last === TAB) return true;
  return bytes[start] === DOT ? end === start + 1 : startsWithFrom(bytes, start);
}
