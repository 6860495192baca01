import { refuseControls } from './control-character.ts';
import { encodeB, encodeQ, octetLength, qColumns } from './encoded-payload.ts';

/** RFC 2047 §2: a line with an encoded word has at most 76 characters, a word at most 75. */
const LINE_COLUMNS = 76;
const WORD_COLUMNS = 75;
/** `=?utf-8?q?` and `?=`. */
const WRAPPING = 12;
/** Columns of the widest character in Q. */
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
  const { firstColumn = 0, phrase = false, field = 'text' } = options;
  if (!needsEncoding(text, firstColumn, field)) return text;
  const firstRoom = LINE_COLUMNS - firstColumn - WRAPPING;
  let room = WORD_COLUMNS - WRAPPING;
  if (firstRoom >= CHARACTER_COLUMNS) room = Math.min(room, firstRoom);
  let words = '';
  for (let start = 0; start < text.length; ) {
    const { end, base64 } = nextWord(text, start, room, phrase);
    if (start > 0) words += '\r\n ';
    words += base64
      ? `=?utf-8?b?${encodeB(text, start, end)}?=`
      : `=?utf-8?q?${encodeQ(text, start, end, phrase)}?=`;
    room = WORD_COLUMNS - WRAPPING;
    start = end;
  }
  return words;
}

/** Whether ASCII text would not come out of a reader as it went in, or could not be folded. */
function needsEncoding(text: string, firstColumn: number, field: string): boolean {
  let previous = 0;
  let needed = isWhiteSpace(text.charCodeAt(0)) || isWhiteSpace(text.charCodeAt(text.length - 1));
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit < 0x20 || unit === 0x7f) refuseControls(text, field, true);
    // A reader takes `=?` for the start of an encoded word.
    if (unit > 0x7f || (unit === 0x3f && previous === 0x3d)) needed = true;
    previous = unit;
  }
  return needed || (firstColumn + text.length > LINE_OCTETS && !canFold(text, firstColumn));
}

/** Whether single spaces stand close enough for lines of 998 octets. */
function canFold(text: string, firstColumn: number): boolean {
  return text
    .split(/(?<! ) (?! )/)
    .every((run, i) => run.length + (i === 0 ? firstColumn : 1) <= LINE_OCTETS);
}

function isWhiteSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

/** Where the next word ends and which encoding takes it there. */
function nextWord(
  text: string,
  start: number,
  room: number,
  phrase: boolean,
): { end: number; base64: boolean } {
  const octetRoom = Math.floor(room / 4) * 3;
  let columns = 0;
  let octets = 0;
  let q = start;
  let b = start;
  let position = start;
  while (position < text.length && (columns <= room || octets <= octetRoom)) {
    const unit = text.charCodeAt(position);
    if (unit < 0x80) {
      columns += qColumns(unit, phrase);
      octets++;
      position++;
    } else {
      const size = octetLength(text, position);
      columns += 3 * size;
      octets += size;
      position += size === 4 ? 2 : 1;
    }
    if (columns <= room) q = position;
    // A reader in use stops at the `=` that pads an incomplete group: only the last word may have one.
    if (octets % 3 === 0 && octets <= octetRoom) b = position;
  }
  const fitsQ = columns <= room;
  const fitsB = octets <= octetRoom;
  if (fitsQ || fitsB)
    return { end: text.length, base64: !fitsQ || (fitsB && Math.ceil(octets / 3) * 4 < columns) };
  return {
    end: b > q ? betweenGraphemes(text, start, b, 3) : betweenGraphemes(text, start, q, 1),
    base64: b > q,
  };
}

/** The last place up to `end` that cuts no grapheme and leaves a multiple of octets before it, else `end`. */
function betweenGraphemes(text: string, start: number, end: number, multiple: number): number {
  let octets = 0;
  for (let place = end; place > start; ) {
    if (octets % multiple === 0 && !joinsPrevious(text, place)) return place;
    place -=
      (text.charCodeAt(place - 1) & 0xfc00) === 0xdc00 && (text.charCodeAt(place - 2) & 0xfc00) === 0xd800
        ? 2
        : 1;
    octets += octetLength(text, place);
  }
  return end;
}

/** Whether the character at a place shows as one with the character before it. */
function joinsPrevious(text: string, place: number): boolean {
  if (text.charCodeAt(place) < 0x300) return false;
  if (text.charCodeAt(place - 1) === 0x200d) return true;
  const character = String.fromCodePoint(text.codePointAt(place)!);
  return /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}])/u.test(character);
}
