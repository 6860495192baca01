import { refuse } from './error.ts';

/**
 * Names the boundary of one multipart (RFC 2046 §5.1.1).
 *
 * `=_` occurs neither in base64 nor in quoted-printable, where `=` is followed by a digit or a line end. The
 * height and number come before the 128 random bits, so that no boundary of a message is a prefix of another.
 */
export function boundaryName(random: string, height: number, number: number): string {
  return `=_${height}.${number}_${random}`;
}

/** RFC 2046 §5.1.1: 1 to 70 characters, the last one no space. */
export function checkBoundary(boundary: string, field: string): string {
  if (/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)) return boundary;
  return refuse('invalid-parameter', field, 'Choose another boundary', boundary);
}

/**
 * Refuses octets in which a line begins with the delimiter of a boundary (RFC 2046 §5.1.1).
 *
 * @param isMessage whether they may hold a multipart of their own, whose boundary must not begin one around it
 */
export function refuseBoundary(
  octets: Uint8Array,
  boundaries: readonly string[],
  field: string,
  isMessage: boolean,
): void {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets);
  const lines = text.match(/^--.*\S/gm) ?? [];
  const met = boundaries.find(boundary => {
    const delimiter = `--${boundary}`;
    // A rule of dashes is no delimiter, nor is a line that begins what the composer names.
    return lines.some(
      line => line.startsWith(delimiter) || (isMessage && /[^=_-]/.test(line) && delimiter.startsWith(line)),
    );
  });
  if (met !== undefined) refuseCollision(met, field);
}

export function refuseCollision(boundary: string, field: string): never {
  return refuse('boundary-collision', field, 'Choose another boundary', boundary);
}
