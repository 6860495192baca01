import { encodeBase64 } from './base64.ts';
import { refuseControls } from './control-character.ts';

/** RFC 2047 §2: a line with an encoded word has at most 76 characters, a word at most 75. */
const LINE_COLUMNS = 76;
const WORD_COLUMNS = 75;
/** `=?utf-8?q?` and `?=`. */
const WRAPPING = 12;
/** Columns that any single character needs in the Q encoding. */
const CHARACTER_COLUMNS = 12;
/** RFC 5322 §2.1.1; only a single space can be folded at. */
const LINE_OCTETS = 998;

/** Where the words of {@link encodeWords} will stand. */
export interface EncodedWordOptions {
  /** Columns already used on the line, `Subject: ` for example; 0 by default. */
  readonly firstColumn?: number;
  /** Whether the words are a display name, where fewer characters may stand for themselves (RFC 2047 §5 (3)). */
  readonly phrase?: boolean;
  /** The place in the message, for the error; `text` by default. */
  readonly field?: string;
}

/**
 * Encodes text for a header field (RFC 2047), or gives it back when ASCII carries it unchanged.
 *
 * Words hold whole characters, take Q or B, whichever reaches farther, and are joined by CR LF and a space.
 * Lone surrogates become U+FFFD. Where `firstColumn` leaves no room for a character, the first word is as
 * long as on a line of its own: fold before it.
 *
 * @param text - text of one line, without CR, LF and NUL
 * @param options - the column the first word starts at, and whether it is a display name
 * @returns ASCII text: the input or encoded words
 * @throws HeaderInjectionError `control-character` when the text has one other than a tab
 * @example A subject
 * ```ts
 * encodeWords('Grüße', { firstColumn: 'Subject: '.length }); // =?utf-8?q?Gr=C3=BC=C3=9Fe?=
 * ```
 */
export function encodeWords(text: string, options: EncodedWordOptions = {}): string {
  refuseControls(text, options.field ?? 'text', true);
  if (!needsEncoding(text, options.firstColumn ?? 0)) return text;
  const bytes = new TextEncoder().encode(text);
  const phrase = options.phrase === true;
  const firstRoom = LINE_COLUMNS - (options.firstColumn ?? 0) - WRAPPING;
  let room =
    firstRoom < CHARACTER_COLUMNS ? WORD_COLUMNS - WRAPPING : Math.min(firstRoom, WORD_COLUMNS - WRAPPING);
  let words = '';
  for (let start = 0; start < bytes.length; ) {
    const q = reachQ(bytes, start, room, phrase);
    const b = reachB(bytes, start, room);
    const useB = b > q || (b === q && base64Columns(b - start) < columnsQ(bytes, start, q, phrase));
    const end = useB ? b : q;
    const payload = useB
      ? ascii(encodeBase64(bytes.subarray(start, end)))
      : encodeQ(bytes, start, end, phrase);
    words += `${start === 0 ? '' : '\r\n '}=?utf-8?${useB ? 'b' : 'q'}?${payload}?=`;
    room = WORD_COLUMNS - WRAPPING;
    start = end;
  }
  return words;
}

/** Whether ASCII text would not come out of a reader as it went in, or could not be folded. */
function needsEncoding(text: string, firstColumn: number): boolean {
  if (!/^(?:[!-~]|[!-~][\t -~]*[!-~])?$/.test(text) || text.includes('=?')) return true;
  let lineStart = -firstColumn;
  for (let position = 1; firstColumn + text.length > LINE_OCTETS && position < text.length; position++) {
    if (text[position] === ' ' && text[position - 1] !== ' ' && text[position + 1] !== ' ')
      lineStart = position;
    else if (position - lineStart >= LINE_OCTETS) return true;
  }
  return false;
}

/** Offset after the last character that fits as Q. */
function reachQ(bytes: Uint8Array, start: number, room: number, phrase: boolean): number {
  let columns = 0;
  let position = start;
  while (position < bytes.length) {
    const next = position + characterOctets(bytes[position]!);
    columns += isLiteralQ(bytes[position]!, phrase) ? 1 : 3 * (next - position);
    if (columns > room) break;
    position = next;
  }
  return cut(bytes, start, position, 1);
}

/** Offset after the last character that fits as B; short of the end of the text only at whole groups. */
function reachB(bytes: Uint8Array, start: number, room: number): number {
  let end = start + Math.floor(room / 4) * 3;
  if (end >= bytes.length) return bytes.length;
  while (isContinuation(bytes[end]!)) end--;
  return cut(bytes, start, end, 3);
}

/** The last place to cut at or before `end`, between graphemes if there is one; `start` if there is none. */
function cut(bytes: Uint8Array, start: number, end: number, multiple: number): number {
  if (end === bytes.length) return end;
  let fallback = start;
  for (let place = end; place > start; place--) {
    if (isContinuation(bytes[place]!) || (place - start) % multiple !== 0) continue;
    if (!joinsPrevious(bytes, place)) return place;
    if (fallback === start) fallback = place;
  }
  return fallback;
}

/** Whether the character at a place shows as one with the character before it. */
function joinsPrevious(bytes: Uint8Array, place: number): boolean {
  if (bytes[place]! < 0x80) return false;
  const zeroWidthJoiner = bytes[place - 3] === 0xe2 && bytes[place - 2] === 0x80 && bytes[place - 1] === 0x8d;
  if (zeroWidthJoiner) return true;
  const character = new TextDecoder().decode(bytes.subarray(place, place + characterOctets(bytes[place]!)));
  return /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}])/u.test(character);
}

function encodeQ(bytes: Uint8Array, start: number, end: number, phrase: boolean): string {
  let text = '';
  for (let position = start; position < end; position++) {
    const octet = bytes[position]!;
    if (octet === 0x20) text += '_';
    else if (isLiteralQ(octet, phrase)) text += String.fromCharCode(octet);
    else text += `=${(octet < 16 ? '0' : '') + octet.toString(16).toUpperCase()}`;
  }
  return text;
}

function columnsQ(bytes: Uint8Array, start: number, end: number, phrase: boolean): number {
  let columns = 0;
  for (let position = start; position < end; position++)
    columns += isLiteralQ(bytes[position]!, phrase) ? 1 : 3;
  return columns;
}

/** RFC 2047 §4.2, and §5 (3) for phrases; a space counts, it becomes `_`. */
function isLiteralQ(octet: number, phrase: boolean): boolean {
  if (octet === 0x20) return true;
  if (octet < 0x21 || octet > 0x7e || octet === 0x3d || octet === 0x3f || octet === 0x5f) return false;
  return !phrase || /[A-Za-z0-9!*+\-/]/.test(String.fromCharCode(octet));
}

function base64Columns(octets: number): number {
  return Math.ceil(octets / 3) * 4;
}

function characterOctets(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function isContinuation(octet: number): boolean {
  return (octet & 0xc0) === 0x80;
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
