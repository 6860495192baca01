import { encodeBase64 } from './base64.ts';

/**
 * Encodes octets as base64url without padding (RFC 4648 §5), the form HTTP mail interfaces want.
 *
 * @param bytes - octets of any length
 * @returns ASCII text
 * @example A message for an HTTP interface
 * ```ts
 * await fetch(url, { method: 'POST', body: JSON.stringify({ raw: encodeBase64Url(bytes) }) });
 * ```
 */
export function encodeBase64Url(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(encodeBase64(bytes));
  return text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
}
