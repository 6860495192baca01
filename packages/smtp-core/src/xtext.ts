const HEX = '0123456789ABCDEF';

/**
 * Encodes text as xtext: everything but `!` to `~` without `+` and `=` becomes `+HH` of its UTF-8 octets
 * (RFC 3461 §4).
 *
 * @param text A parameter value such as an envelope id.
 *
 * @example Carry an envelope id
 * ```ts
 * encodeXtext('a+b=c d'); // 'a+2Bb+3Dc+20d'
 * ```
 */
export function encodeXtext(text: string): string {
  let encoded = '';
  for (const octet of new TextEncoder().encode(text)) {
    const literal = octet > 0x20 && octet < 0x7f && octet !== 0x2b && octet !== 0x3d;
    encoded += literal ? String.fromCharCode(octet) : `+${HEX[octet >> 4]}${HEX[octet & 15]}`;
  }
  return encoded;
}

/**
 * Decodes xtext; hexadecimal digits must be upper case (RFC 3461 §4).
 *
 * @param text What stood after the `=` of a parameter.
 * @returns The text, or undefined when it is not xtext or not UTF-8.
 *
 * @example Read an envelope id
 * ```ts
 * decodeXtext('a+2Bb'); // 'a+b'
 * decodeXtext('a+2b'); // undefined
 * ```
 */
export function decodeXtext(text: string): string | undefined {
  const octets: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || code === 0x3d) return undefined;
    if (code !== 0x2b) {
      octets.push(code);
      continue;
    }
    const digits = text.slice(i + 1, i + 3);
    if (!/^[0-9A-F]{2}$/.test(digits)) return undefined;
    octets.push(Number.parseInt(digits, 16));
    i += 2;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(octets));
  } catch {
    return undefined;
  }
}

/**
 * Encodes an internationalised address in ASCII for `ORCPT=utf-8;`: non-ASCII characters and those that xtext
 * protects become `\x{HEX}` of their code point (RFC 6533 §3, utf-8-addr-xtext).
 *
 * @param address The address as the sender wrote it.
 *
 * @example Name the original recipient
 * ```ts
 * encodeUtf8AddrXtext('ö@y.test'); // '\\x{F6}@y.test'
 * ```
 */
export function encodeUtf8AddrXtext(address: string): string {
  return address.replace(
    /[^!-~]|[+=\\]/gu,
    character => `\\x{${character.codePointAt(0)!.toString(16).toUpperCase()}}`,
  );
}
