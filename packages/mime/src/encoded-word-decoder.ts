import { decodeBase64 } from './base64-decoder.ts';
import { decodeQuotedPrintable } from './quoted-printable-decoder.ts';

interface EncodedWord {
  readonly charset: string;
  readonly bytes: Uint8Array;
  readonly end: number;
}

/**
 * Decodes the encoded words in a header field (RFC 2047 §6.2); everything else stays.
 *
 * White space between adjacent words vanishes, and neighbours in the same charset are decoded together, so
 * that characters cut by other composers come out whole. Words in an unknown charset stay as they are.
 *
 * @param text - header text, folded or not
 * @returns the text with line folds removed
 * @example Read a subject
 * ```ts
 * decodeWords('=?utf-8?q?Gr=C3=BC=C3=9Fe?='); // Grüße
 * ```
 */
export function decodeWords(text: string): string {
  const source = text.replace(/\r?\n(?=[ \t])/g, '');
  let decoded = '';
  let position = 0;
  while (position < source.length) {
    const start = source.indexOf('=?', position);
    if (start < 0) break;
    const run = readRun(source, start);
    if (run === undefined) {
      decoded += source.slice(position, start + 2);
      position = start + 2;
    } else {
      decoded += source.slice(position, start) + run.text;
      position = run.end;
    }
  }
  return decoded + source.slice(position);
}

/** Adjacent words, with the white space between them but not after them. */
function readRun(source: string, start: number): { text: string; end: number } | undefined {
  let text = '';
  let word = readWord(source, start);
  if (word === undefined) return undefined;
  let decoder = decoderFor(word.charset);
  let charset = word.charset;
  let end = word.end;
  while (word !== undefined) {
    if (word.charset !== charset) {
      text += decoder?.decode() ?? '';
      charset = word.charset;
      decoder = decoderFor(charset);
    }
    if (decoder === undefined) break;
    text += decoder.decode(word.bytes, { stream: true });
    end = word.end;
    let next = end;
    while (source[next] === ' ' || source[next] === '\t') next++;
    word = readWord(source, next);
  }
  text += decoder?.decode() ?? '';
  return end === start || (decoder === undefined && text === '') ? undefined : { text, end };
}

function decoderFor(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset, { ignoreBOM: true });
  } catch {
    return undefined;
  }
}

function readWord(source: string, start: number): EncodedWord | undefined {
  if (!source.startsWith('=?', start)) return undefined;
  const charsetEnd = source.indexOf('?', start + 2);
  if (charsetEnd < 0) return undefined;
  const encoding = source[charsetEnd + 1]?.toLowerCase();
  if ((encoding !== 'q' && encoding !== 'b') || source[charsetEnd + 2] !== '?') return undefined;
  const payloadStart = charsetEnd + 3;
  const payloadEnd = source.indexOf('?', payloadStart);
  if (payloadEnd < 0 || source[payloadEnd + 1] !== '=') return undefined;
  // RFC 2231 §5: a language may follow the charset.
  const charset = source
    .slice(start + 2, charsetEnd)
    .replace(/\*.*$/, '')
    .toLowerCase();
  if (!/^[!-~]+$/.test(charset)) return undefined;
  const payload = source.slice(payloadStart, payloadEnd);
  const bytes =
    encoding === 'b' ? decodeBase64(payload) : decodeQuotedPrintable(payload.replaceAll('_', '=20'));
  return { charset, bytes, end: payloadEnd + 2 };
}
