import { refuseControls } from './control-character.ts';
import { octetEscapes } from './octet-escape.ts';
import { utf8 } from './utf8.ts';

/** RFC 2047 §2: a line with an encoded word has at most 76 characters, a word at most 75. */
const LINE_COLUMNS = 76;
const WORD_COLUMNS = 75;
/** `=?utf-8?q?` and `?=`. */
const WRAPPING = 12;
/** Octets of ASCII and UTF-8 in a Q word: a space is `_` (RFC 2047 §4.2), and a phrase has fewer literals (§5 (3)). */
const IN_TEXT: readonly string[] = /* @__PURE__ */ octetEscapes('=', /[!-<>@-^`-~]/).with(0x20, '_');
const IN_PHRASE: readonly string[] = /* @__PURE__ */ octetEscapes('=', /[A-Za-z0-9!*+\-/]/).with(0x20, '_');
/** Columns of the widest character in Q. */
const CHARACTER_COLUMNS = 12;
/** RFC 5322 §2.1.1; only a single space can be folded at. */
const LINE_OCTETS = 998;

const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder();
/** Marks, zero width joiner, skin tones, tags. */
const joining = /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}])/u;

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
  refuseControls(text, field, true);
  if (!needsEncoding(text, firstColumn)) return text;
  const firstRoom = LINE_COLUMNS - firstColumn - WRAPPING;
  let room = WORD_COLUMNS - WRAPPING;
  if (firstRoom >= CHARACTER_COLUMNS) room = Math.min(room, firstRoom);
  const octets = utf8(text);
  const escapes = phrase ? IN_PHRASE : IN_TEXT;
  let words = '';
  for (let start = 0; start < octets.length; ) {
    const { end, base64 } = nextWord(octets, start, room, escapes);
    let payload = '';
    for (let i = start; i < end; i++)
      payload += base64 ? String.fromCharCode(octets[i]!) : escapes[octets[i]!]!;
    words += `${start > 0 ? '\r\n ' : ''}=?utf-8?${base64 ? `b?${btoa(payload)}` : `q?${payload}`}?=`;
    room = WORD_COLUMNS - WRAPPING;
    start = end;
  }
  return words;
}

/** Whether ASCII text would not come out of a reader as it went in, or could not be folded at single spaces. */
function needsEncoding(text: string, firstColumn: number): boolean {
  // A reader takes `=?` for the start of an encoded word.
  if (/[^\0-\x7f]|=\?|^[ \t]|[ \t]$/.test(text)) return true;
  if (firstColumn + text.length <= LINE_OCTETS) return false;
  return text.split(/(?<! ) (?! )/).some((run, i) => run.length + (i === 0 ? firstColumn : 1) > LINE_OCTETS);
}

/** Where the next word ends and which encoding takes it there. */
function nextWord(
  octets: Uint8Array,
  start: number,
  room: number,
  escapes: readonly string[],
): { end: number; base64: boolean } {
  const octetRoom = Math.floor(room / 4) * 3;
  let columns = 0;
  let q = start;
  let b = start;
  let position = start;
  while (position < octets.length && (columns <= room || position - start <= octetRoom)) {
    columns += escapes[octets[position++]!]!.length;
    if (isInside(octets, position)) continue;
    if (columns <= room) q = position;
    // A reader in use stops at the `=` that pads an incomplete group: only the last word may have one.
    if ((position - start) % 3 === 0 && position - start <= octetRoom) b = position;
  }
  const fitsQ = columns <= room;
  const fitsB = position - start <= octetRoom;
  if (fitsQ || fitsB)
    return {
      end: position,
      base64: !fitsQ || (fitsB && Math.ceil((position - start) / 3) * 4 < columns),
    };
  const base64 = b > q;
  const end = base64 ? b : q;
  // Octets left to the next word: with B, groups of three.
  const step = base64 ? 3 : 1;
  let place = end;
  while (place > start && joinsPrevious(octets, place)) place -= step;
  return { end: place > start ? place : end, base64 };
}

/** Whether a place is inside a UTF-8 character. */
function isInside(octets: Uint8Array, place: number): boolean {
  return (octets[place]! & 0xc0) === 0x80;
}

/** Whether the character at a place shows as one with the character before it, or a place is inside one. */
function joinsPrevious(octets: Uint8Array, place: number): boolean {
  if (isInside(octets, place)) return true;
  if (octets[place]! < 0xcc) return false;
  // No character before U+0300, 0xCC in UTF-8, joins another.
  const joiner = octets[place - 3] === 0xe2 && octets[place - 2] === 0x80 && octets[place - 1] === 0x8d;
  return joiner || joining.test(decoder.decode(octets.subarray(place, place + 4)));
}
