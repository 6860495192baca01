const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Encodes octets as base64 without line breaks, as SASL exchanges need it (RFC 4648 §4).
 *
 * @param bytes Any number of octets.
 *
 * @example Write a challenge
 * ```ts
 * encodeBase64(new TextEncoder().encode('Username:')); // 'VXNlcm5hbWU6'
 * ```
 */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const octet of bytes) {
    bits = (bits << 8) | octet;
    for (held += 8; held >= 6; ) text += ALPHABET[(bits >> (held -= 6)) & 63]!;
  }
  if (held > 0) text += ALPHABET[(bits << (6 - held)) & 63]! + '='.repeat(3 - held / 2);
  return text;
}

/**
 * Decodes base64 strictly: padding is needed, nothing outside the alphabet is skipped, and the unused bits of
 * the last character must be zero (RFC 4648 §3.3, §3.5).
 *
 * @param text Base64 on one line; `''` is zero octets.
 * @returns The octets, or undefined when the text is malformed.
 *
 * @example Read a response
 * ```ts
 * decodeBase64('AHUAcA=='); // Uint8Array [0, 117, 0, 112]
 * decodeBase64('AHUAcA'); // undefined
 * ```
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const octets: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text.replaceAll('=', '')) {
    bits = (bits << 6) | ALPHABET.indexOf(character);
    for (held += 6; held >= 8; ) octets.push((bits >> (held -= 8)) & 255);
  }
  // Only one text encodes these octets: comparing with it checks the alphabet, the padding and every unused bit.
  const decoded = Uint8Array.from(octets);
  return encodeBase64(decoded) === text ? decoded : undefined;
}
