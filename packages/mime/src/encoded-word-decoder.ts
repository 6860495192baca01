import { decodeBase64 } from './base64-decoder.ts';
import { decodeQuotedPrintable } from './quoted-printable-decoder.ts';

type Decoders = Map<string, TextDecoder | undefined>;

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
  const decoders: Decoders = new Map();
  let decoded = '';
  let position = 0;
  for (let start = source.indexOf('=?'); start >= 0; start = source.indexOf('=?', position)) {
    const run = readRun(source, start, decoders);
    decoded += source.slice(position, start) + (run?.text ?? '=?');
    position = run?.end ?? start + 2;
  }
  return decoded + source.slice(position);
}

/** Adjacent words in charsets that are known, with the white space between them but not after them. */
function readRun(
  source: string,
  start: number,
  decoders: Decoders,
): { text: string; end: number } | undefined {
  let text = '';
  let end = start;
  let open: TextDecoder | undefined;
  for (let next = start; ; ) {
    const word = readWord(source, next);
    const decoder = word && decoderFor(word.charset, decoders);
    if (word === undefined || decoder === undefined) break;
    if (decoder !== open) text += open?.decode() ?? '';
    open = decoder;
    text += decoder.decode(word.bytes, { stream: true });
    end = word.end;
    next = end;
    while (source[next] === ' ' || source[next] === '\t') next++;
  }
  return open && { text: text + open.decode(), end };
}

/** Kept for the length of a call: a decoder costs more than a word, and a charset nobody knows an exception. */
function decoderFor(charset: string, decoders: Decoders): TextDecoder | undefined {
  if (!decoders.has(charset)) {
    try {
      decoders.set(charset, new TextDecoder(charset, { ignoreBOM: true }));
    } catch {
      decoders.set(charset, undefined);
    }
  }
  return decoders.get(charset);
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
    .split('*', 1)[0]!
    .toLowerCase();
  if (!/^[!-~]+$/.test(charset)) return undefined;
  const payload = source.slice(payloadStart, payloadEnd);
  const bytes =
    encoding === 'b' ? decodeBase64(payload) : decodeQuotedPrintable(payload.replaceAll('_', '=20'));
  return { charset, bytes, end: payloadEnd + 2 };
}
