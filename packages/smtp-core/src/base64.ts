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
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!;
    text += left > 1 ? ALPHABET[(group >> 6) & 63]! : '=';
    text += left > 2 ? ALPHABET[group & 63]! : '=';
  }
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
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) break;
    bits = (bits << 6) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 255);
  }
  // Only one text encodes these octets: comparing with it checks the padding and every unused bit.
  const decoded = Uint8Array.from(bytes);
  return encodeBase64(decoded) === text ? decoded : undefined;
}
