import { foldColumns, lineOctets } from './limit.ts';

/**
 * Folds ASCII text at single spaces so that lines stay within 78 columns where they can (RFC 5322 §2.2.3).
 *
 * A run of white space is never cut, and a line is ended before one only where it must be, since readers differ
 * on what a fold there means.
 *
 * @returns the field with its final CRLF, or undefined when a line would exceed 998 octets.
 */
export function foldText(name: string, text: string): string | undefined {
  const line = `${name}: ${text}`;
  if (line.length <= foldColumns) return `${line}\r\n`;
  return foldAt(line, name.length + 2, isSingleSpace) ?? foldAt(line, name.length + 2, isRunStart);
}

function foldAt(
  line: string,
  from: number,
  isBreak: (line: string, at: number) => boolean,
): string | undefined {
  let folded = '';
  let start = 0;
  let lastBreak = 0;
  // The space after the colon is no break: a first line without text is legal, and lost by some readers.
  for (let at = from; at <= line.length; at++) {
    if (at < line.length && !isBreak(line, at)) continue;
    if (at - start > foldColumns && lastBreak > start) {
      folded += `${line.slice(start, lastBreak)}\r\n`;
      start = lastBreak;
    }
    if (at - start > lineOctets) return undefined;
    lastBreak = at;
  }
  return `${folded}${line.slice(start)}\r\n`;
}

function isWhiteSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

function isRunStart(line: string, at: number): boolean {
  return isWhiteSpace(line.charCodeAt(at)) && !isWhiteSpace(line.charCodeAt(at - 1));
}

function isSingleSpace(line: string, at: number): boolean {
  return line.charCodeAt(at) === 0x20 && isRunStart(line, at) && !isWhiteSpace(line.charCodeAt(at + 1));
}

/**
 * Writes unbreakable tokens one space apart, beginning a new line before a token that would pass the column.
 *
 * @returns the field with its final CRLF, or undefined when a token is too long for any line.
 */
export function foldTokens(
  name: string,
  tokens: readonly string[],
  columns: number = foldColumns,
): string | undefined {
  let folded = `${name}:`;
  let column = folded.length;
  let first = true;
  for (const token of tokens) {
    const width = octetLength(token) + 1;
    // A token too wide for any line gains nothing from a line of its own.
    if (column + width <= columns || (first && width > columns)) {
      folded += ` ${token}`;
      column += width;
    } else {
      folded += `\r\n ${token}`;
      column = width;
    }
    if (column > lineOctets) return undefined;
    first = false;
  }
  return `${folded}\r\n`;
}

function octetLength(token: string): number {
  return /[^\0-\x7f]/.test(token) ? new TextEncoder().encode(token).length : token.length;
}
