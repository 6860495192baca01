import { MimeError, quoteValue } from './error.ts';
import type { EncodedOctets } from './piece.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';

const hexDigits = '0123456789abcdef';

/** Octets as hexadecimal digits. */
export function toHex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += hexDigits.charAt(octet >> 4) + hexDigits.charAt(octet & 15);
  return text;
}

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
  if (/^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary)) return boundary;
  throw new MimeError(
    'invalid-parameter',
    `Choose another boundary for ${field}, not ${quoteValue(boundary)}`,
    { field },
  );
}

/** Refuses a body in which a line begins with a boundary around it. */
export function refuseBoundary(
  piece: string | Uint8Array | EncodedOctets,
  boundary: string,
  field: string,
): void {
  if (typeof piece === 'string') {
    if (!`\n${piece}`.includes(`\n--${boundary}`)) return;
  } else if (piece instanceof Uint8Array) {
    if (!hasBoundaryLine(piece, boundary)) return;
  } else {
    // What the composer names cannot occur in encoded octets; what a person names can.
    if (boundary.startsWith('=_') || piece.encoding === 'base64') return;
    if (!hasBoundaryLine(encodeQuotedPrintable(piece.octets), boundary)) return;
  }
  throw boundaryCollision(boundary, field);
}

export function boundaryCollision(boundary: string, field: string): MimeError {
  return new MimeError(
    'boundary-collision',
    `Choose another boundary than ${quoteValue(boundary)}, which ${field} contains`,
    { field },
  );
}

/** Whether a line begins with the delimiter of a boundary. */
export function hasBoundaryLine(octets: Uint8Array, boundary: string): boolean {
  for (let start = 0; start >= 0; ) {
    if (octets[start] === 0x2d && octets[start + 1] === 0x2d && startsWith(octets, start + 2, boundary))
      return true;
    const end = octets.indexOf(0x0a, start);
    start = end < 0 ? -1 : end + 1;
  }
  return false;
}

function startsWith(octets: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (octets[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
