import { refuseControls } from './control-character.ts';
import { singleSpace } from './fold.ts';
import { encodedWordLineColumns, lineOctets } from './limit.ts';
import { encodeOctets, escapeOctets, type OctetTable, octetTable, utf8Length } from './octet-escape.ts';

/** `=?utf-8?q?` and `?=`. */
const wrapping = 12;
/** RFC 2047 §2: a word has at most 75 characters. */
const wordRoom = 75 - wrapping;
/** Columns of the widest character in Q. */
const characterColumns = 12;

/** RFC 2047 §4.2: a space is written as `_`, what else is not literal as `=XX`, preferably in upper case. */
const inText: OctetTable = /* @__PURE__ */ octetTable('=', /[!-<>@-^`-~]/).with(0x20, '_');
/** RFC 2047 §5 (3): what stands for itself in a phrase. */
const inPhrase: OctetTable = /* @__PURE__ */ octetTable('=', /[\w!*+/-]/)
  .with(0x20, '_')
  .with(0x5f, '=5F');

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
  if (!needsEncoding(text, firstColumn)) return text;
  const table = phrase ? inPhrase : inText;
  const firstRoom = encodedWordLineColumns - wrapping - firstColumn;
  let room = firstRoom < characterColumns ? wordRoom : Math.min(firstRoom, wordRoom);
  let words = '';
  for (let start = 0; start < text.length; room = wordRoom) {
    const octetRoom = Math.floor(room / 4) * 3;
    let columns = 0;
    let octets = 0;
    let q = start;
    let b = start;
    let end = start;
    while (end < text.length && (columns <= room || octets <= octetRoom)) {
      const unit = text.charCodeAt(end);
      // A tab is the only control that may stand.
      if ((unit < 0x20 && unit !== 0x09) || unit === 0x7f) refuseControls(text, field, true);
      const size = utf8Length(text, end);
      columns += size > 1 ? 3 * size : table[unit]!.length;
      octets += size;
      end += size > 3 ? 2 : 1;
      if (columns <= room) q = end;
      // A reader in use stops at the `=` that pads an incomplete group: only the last word may have one.
      if (octets % 3 === 0 && octets <= octetRoom) b = end;
    }
    const fitsQ = columns <= room;
    const fitsB = octets <= octetRoom;
    const isLast = fitsQ || fitsB;
    const base64 = isLast ? !fitsQ || (fitsB && Math.ceil(octets / 3) * 4 < columns) : b > q;
    if (!isLast) end = betweenGraphemes(text, start, base64 ? b : q, base64 ? 3 : 1);
    const payload = base64
      ? `b?${encodeOctets(text, start, end)}`
      : `q?${escapeOctets(text, table, start, end)}`;
    words += `${start > 0 ? '\r\n ' : ''}=?utf-8?${payload}?=`;
    start = end;
  }
  return words;
}

/** Whether ASCII text would not come out of a reader as it went in, `=?` for one, or could not be folded. */
function needsEncoding(text: string, firstColumn: number): boolean {
  return (
    /^[ \t]|[^\t -~]|=\?|[ \t]$/.test(text) ||
    (firstColumn + text.length > lineOctets &&
      text.split(singleSpace).some((run, i) => run.length + (i ? 1 : firstColumn) > lineOctets))
  );
}

/** The last place up to `end` that cuts no grapheme and leaves a multiple of octets before it, else `end`. */
function betweenGraphemes(text: string, start: number, end: number, multiple: number): number {
  let octets = 0;
  for (let place = end; place > start; octets += utf8Length(text, --place)) {
    // The second half of a surrogate pair counts as three octets too many, which is a multiple of either.
    if (octets % multiple === 0 && !joinsPrevious(text, place)) return place;
  }
  return end;
}

/** Whether the character at a place shows as one with what is before it; the second half of a pair does. */
function joinsPrevious(text: string, place: number): boolean {
  const joiner = /^(?:\p{M}|\u200d|[\udc00-\udfff]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0020}-\u{e007f}])/u;
  return text.charCodeAt(place - 1) === 0x200d || joiner.test(text.slice(place, place + 2));
}
