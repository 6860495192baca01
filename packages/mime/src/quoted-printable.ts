import {
  type QuotedPrintableOptions,
  quotedPrintableBound,
  writeQuotedPrintable,
} from './quoted-printable-writer.ts';

/**
 * Encodes octets as quoted-printable (RFC 2045 §6.7) with lines of at most 76 characters.
 *
 * CR LF stays a line break, a lone CR or LF is data; soft breaks never cut a UTF-8 character; a line never
 * starts with `.` or `From ` and never ends in white space, so that careless relays cannot change it.
 *
 * @param bytes - octets of any length, text with CR LF line ends unless `binary`
 * @param options - which line ends are data
 * @returns the encoded text as ASCII octets
 * @example Encode a text body
 * ```ts
 * encodeQuotedPrintable(new TextEncoder().encode('Grüße')); // Gr=C3=BC=C3=9Fe
 * ```
 */
export function encodeQuotedPrintable(
  bytes: Uint8Array,
  options: QuotedPrintableOptions = {},
): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(quotedPrintableBound(bytes.length));
  return target.slice(0, writeQuotedPrintable(bytes, target, 0, options).end);
}

/**
 * Counts the octets that {@link encodeQuotedPrintable} writes, by writing them: encode once if you need both.
 *
 * @param bytes - octets of any length
 * @param options - which line ends are data
 * @example Choose the shorter encoding
 * ```ts
 * const encoding = quotedPrintableLength(body) <= base64Length(body.length, 76) ? 'quoted-printable' : 'base64';
 * ```
 */
export function quotedPrintableLength(bytes: Uint8Array, options: QuotedPrintableOptions = {}): number {
  return encodeQuotedPrintable(bytes, options).length;
}

/**
 * Writes octets as quoted-printable into a buffer of the caller (RFC 2045 §6.7).
 *
 * @param bytes - octets of any length
 * @param target - buffer with room for {@link quotedPrintableLength} octets after `offset`
 * @param offset - where to write the first octet
 * @param options - which line ends are data
 * @returns the offset after the last octet
 * @throws RangeError when the buffer is too small
 * @example Fill one buffer with several parts
 * ```ts
 * const end = encodeQuotedPrintableInto(body, arena, start);
 * ```
 */
export function encodeQuotedPrintableInto(
  bytes: Uint8Array,
  target: Uint8Array,
  offset: number,
  options: QuotedPrintableOptions = {},
): number {
  const { end } = writeQuotedPrintable(bytes, target, offset, options);
  // Single octets past the end of an array vanish without an error of their own.
  if (end > target.length) throw new RangeError(`Give a buffer with room for ${end - offset} octets`);
  return end;
}
