import { refuse } from './error.ts';
import { foldColumns, lineOctets } from './limit.ts';
import { utf8 } from './utf8.ts';

/** A space that is all the white space between two words. */
export const singleSpace: RegExp = /(?<![ \t]) (?![ \t])/g;

/**
 * Folds ASCII text at single spaces so that lines stay within 78 columns where they can (RFC 5322 §2.2.3).
 *
 * A run of white space is never cut, and a line is ended before one only where it must be, since readers differ
 * on what a fold there means.
 *
 * @returns the field with its final CRLF
 * @throws MimeError `line-too-long` when a line would exceed 998 octets
 */
export function foldText(name: string, text: string): string {
  const line = `${name}: ${text}`;
  if (line.length <= foldColumns) return `${line}\r\n`;
  // The space after the colon is no break: a first line without text is legal, and lost by some readers.
  const from = name.length + 2;
  return foldAt(line, from, singleSpace) ?? foldAt(line, from, /(?<![ \t])[ \t]/g) ?? tooLong(name, text);
}

function foldAt(line: string, from: number, breaks: RegExp): string | undefined {
  let folded = '';
  let start = 0;
  let lastBreak = 0;
  breaks.lastIndex = from;
  for (let at = 0; at < line.length; lastBreak = at) {
    at = breaks.exec(line)?.index ?? line.length;
    if (at - start > foldColumns && lastBreak > start) {
      folded += `${line.slice(start, lastBreak)}\r\n`;
      start = lastBreak;
    }
    if (at - start > lineOctets) return undefined;
  }
  return `${folded}${line.slice(start)}\r\n`;
}

/**
 * Writes unbreakable tokens one space apart, beginning a new line before a token that would pass the column.
 *
 * @returns the field with its final CRLF
 * @throws MimeError `line-too-long` when a token is too long for any line
 */
export function foldTokens(
  name: string,
  tokens: readonly string[],
  field: string,
  columns: number = foldColumns,
): string {
  let folded = `${name}:`;
  let column = folded.length;
  tokens.forEach((token, i) => {
    const width = 1 + (/[^\0-\x7f]/.test(token) ? utf8(token).length : token.length);
    // A token too wide for any line gains nothing from a line of its own.
    const stays = column + width <= (i === 0 && width > columns ? lineOctets : columns);
    folded += `${stays ? '' : '\r\n'} ${token}`;
    column = width + (stays ? column : 0);
    if (column > lineOctets) tooLong(field, token);
  });
  return `${folded}\r\n`;
}

/** Refuses what no fold can bring into a line. */
export function tooLong(field: string, text: string): never {
  return refuse('line-too-long', field, `Shorten to ${lineOctets} octets a line`, text);
}
