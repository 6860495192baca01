/**
 * Lists how each octet is written: as the character it is, or as a prefix and two upper-case hexadecimal digits.
 *
 * @param literal matches each character that stands for itself.
 */
export function octetEscapes(prefix: string, literal: RegExp): readonly string[] {
  return Array.from({ length: 256 }, (_, octet) => {
    const character = String.fromCharCode(octet);
    return literal.test(character) ? character : prefix + octet.toString(16).toUpperCase().padStart(2, '0');
  });
}
