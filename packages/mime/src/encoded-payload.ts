import { PAIRS } from './base64.ts';
import { octetEscapes } from './octet-escape.ts';

const SPACE = 0x20;

/** RFC 2047 §4.2: a space is written as `_`, what else is not literal as `=XX`. */
const LITERAL_IN_TEXT = 1;
const LITERAL_IN_PHRASE = 2;

/** Which ASCII characters stand for themselves in unstructured text and in a phrase (RFC 2047 §4.2, §5 (3)). */
function qLiterals(): Uint8Array {
  const literals = new Uint8Array(128).fill(LITERAL_IN_TEXT, 0x21, 0x7f);
  for (const character of '=?_') literals[character.charCodeAt(0)] = 0;
  for (let unit = 0; unit < 128; unit++) {
    if (/[A-Za-z0-9!*+\-/]/.test(String.fromCharCode(unit)))
      literals[unit] = LITERAL_IN_TEXT | LITERAL_IN_PHRASE;
  }
  return literals;
}

/** `=00` to `=FF`; RFC 2047 §4.2 prefers upper case. */
const ESCAPES: readonly string[] = /* @__PURE__ */ octetEscapes('=', /(?!)/);
const LITERALS: Uint8Array = /* @__PURE__ */ qLiterals();

/** Columns of an ASCII character in the Q encoding. */
export function qColumns(unit: number, phrase: boolean): number {
  return unit === SPACE || (LITERALS[unit]! & (phrase ? LITERAL_IN_PHRASE : LITERAL_IN_TEXT)) !== 0 ? 1 : 3;
}

/** Octets of the character at a position in UTF-8; a lone surrogate counts as U+FFFD. */
export function octetLength(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return (unit & 0xfc00) === 0xd800 && (text.charCodeAt(position + 1) & 0xfc00) === 0xdc00 ? 4 : 3;
}

/** The octets of a character in UTF-8, the first one highest. */
function octetsOf(text: string, position: number, size: number): number {
  const unit = text.charCodeAt(position);
  if (size === 1) return unit;
  if (size === 2) return 0xc080 | ((unit & 0x7c0) << 2) | (unit & 0x3f);
  const point = size === 4 ? text.codePointAt(position)! : (unit & 0xf800) === 0xd800 ? 0xfffd : unit;
  const tail = 0x8080 | ((point & 0xfc0) << 2) | (point & 0x3f);
  if (size === 3) return 0xe00000 | ((point & 0xf000) << 4) | tail;
  return (0xf0800000 | ((point & 0x1c0000) << 6) | ((point & 0x3f000) << 4) | tail) >>> 0;
}

/** The payload of a Q word (RFC 2047 §4.2); measured: joining strings is faster than decoding octets. */
export function encodeQ(text: string, start: number, end: number, phrase: boolean): string {
  const literal = phrase ? LITERAL_IN_PHRASE : LITERAL_IN_TEXT;
  let payload = '';
  let run = start;
  for (let position = start; position < end; ) {
    const unit = text.charCodeAt(position);
    if (unit < 0x80 && (LITERALS[unit]! & literal) !== 0) {
      position++;
      continue;
    }
    if (run < position) payload += text.slice(run, position);
    if (unit === SPACE) {
      payload += '_';
      position++;
    } else {
      const size = octetLength(text, position);
      payload += escapeOctets(octetsOf(text, position, size), size);
      position += size === 4 ? 2 : 1;
    }
    run = position;
  }
  return run < end ? payload + text.slice(run, end) : payload;
}

function escapeOctets(octets: number, size: number): string {
  let escaped = ESCAPES[octets >>> (8 * (size - 1))]!;
  for (let shift = 8 * (size - 2); shift >= 0; shift -= 8) escaped += ESCAPES[(octets >>> shift) & 255]!;
  return escaped;
}

/** The payload of a B word (RFC 2047 §4.1). */
export function encodeB(text: string, start: number, end: number): string {
  let payload = '';
  let group = 0;
  let held = 0;
  for (let position = start; position < end; ) {
    const size = octetLength(text, position);
    const octets = octetsOf(text, position, size);
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      group = (group << 8) | ((octets >>> shift) & 255);
      if (++held < 3) continue;
      payload += characters(group);
      group = 0;
      held = 0;
    }
    position += size === 4 ? 2 : 1;
  }
  if (held === 0) return payload;
  return payload + characters(group << (8 * (3 - held))).slice(0, held + 1) + '='.repeat(3 - held);
}

function characters(group: number): string {
  const first = PAIRS[group >>> 12]!;
  const second = PAIRS[group & 0xfff]!;
  return String.fromCharCode(first & 255, first >> 8, second & 255, second >> 8);
}
