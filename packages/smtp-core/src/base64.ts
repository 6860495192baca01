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
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let i = 0; i < text.length - padding; i++) {
    const value = sextetOf(text.charCodeAt(i));
    if (value === undefined) return undefined;
    bits = (bits << 6) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[written++] = bits >> held;
    bits &= (1 << held) - 1;
  }
  return bits === 0 ? bytes : undefined;
}

function sextetOf(code: number): number | undefined {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
  if (code === 0x2b) return 62;
  if (code === 0x2f) return 63;
  return undefined;
}
