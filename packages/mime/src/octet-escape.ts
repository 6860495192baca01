import { PAIRS } from './base64.ts';

/** How each octet from 0 to 255 is written. */
export type OctetTable = readonly string[];

/**
 * Lists how each octet is written: as the character it is, or as a prefix and two upper-case hexadecimal digits.
 *
 * @param literal matches each character that stands for itself.
 */
export function octetTable(prefix: string, literal: RegExp): OctetTable {
  return Array.from({ length: 256 }, (_, octet) => {
    const character = String.fromCharCode(octet);
    return literal.test(character) ? character : prefix + octet.toString(16).toUpperCase().padStart(2, '0');
  });
}

/** Octets of the character at a position in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  if (unit < 0x800) return unit < 0x80 ? 1 : 2;
  return (unit & 0xfc00) === 0xd800 && (text.charCodeAt(position + 1) & 0xfc00) === 0xdc00 ? 4 : 3;
}

/** The octets of a character in UTF-8, the first one highest. */
function utf8Octets(text: string, position: number, size: number): number {
  const unit = text.charCodeAt(position);
  if (size === 1) return unit;
  if (size === 2) return 0xc080 | ((unit & 0x7c0) << 2) | (unit & 0x3f);
  const point = size === 4 ? text.codePointAt(position)! : (unit & 0xf800) === 0xd800 ? 0xfffd : unit;
  const tail = 0x808080 | ((point & 0x3f000) << 4) | ((point & 0xfc0) << 2) | (point & 0x3f);
  return size === 3 ? 0xe00000 | tail : 0xf0000000 | ((point & 0x1c0000) << 6) | tail;
}

/** Writes the octets of text in UTF-8 by a table; measured: joining strings is faster than decoding octets. */
export function escapeOctets(text: string, table: OctetTable, start = 0, end: number = text.length): string {
  let written = '';
  let run = start;
  for (let position = start; position < end; ) {
    const unit = text.charCodeAt(position);
    if (unit < 0x80 && table[unit] === text[position]) {
      position++;
      continue;
    }
    if (run < position) written += text.slice(run, position);
    const size = utf8Length(text, position);
    const octets = utf8Octets(text, position, size);
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) written += table[(octets >>> shift) & 255]!;
    position += size > 3 ? 2 : 1;
    run = position;
  }
  return written + text.slice(run, end);
}

/** Writes the octets of text in UTF-8 as base64. */
export function encodeOctets(text: string, start: number, end: number): string {
  let written = '';
  let group = 0;
  let held = 0;
  for (let position = start; position < end; ) {
    const size = utf8Length(text, position);
    const octets = utf8Octets(text, position, size);
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      group = (group << 8) | ((octets >>> shift) & 255);
      if (++held < 3) continue;
      written += base64Group(group);
      group = held = 0;
    }
    position += size > 3 ? 2 : 1;
  }
  if (held === 0) return written;
  return written + base64Group(group << (24 - 8 * held)).slice(0, held + 1) + '='.repeat(3 - held);
}

/** Three octets as four characters. */
function base64Group(octets: number): string {
  const first = PAIRS[octets >>> 12]!;
  const second = PAIRS[octets & 0xfff]!;
  return String.fromCharCode(first & 255, first >> 8, second & 255, second >> 8);
}
