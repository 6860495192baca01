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

/** Refuses octets in which a line begins with the delimiter of a boundary. */
export function refuseBoundary(octets: Uint8Array, boundary: string, field: string): void {
  for (let start = 0; start >= 0; start = octets.indexOf(0x0a, start) + 1 || -1) {
    if (octets[start] === 0x2d && octets[start + 1] === 0x2d) {
      let at = 0;
      while (at < boundary.length && octets[start + 2 + at] === boundary.charCodeAt(at)) at++;
      if (at === boundary.length) refuseCollision(boundary, field);
    }
  }
}

export function refuseCollision(boundary: string, field: string): never {
  return refuse('boundary-collision', field, 'Choose a boundary that no line begins with', boundary);
}
