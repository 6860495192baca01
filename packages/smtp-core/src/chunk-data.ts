import { joinOctets } from './octets.ts';

/**
 * Frames octets as one BDAT command, neither stuffed nor normalised (RFC 3030 §2).
 *
 * @param octets The chunk; it may be empty when it is the last.
 * @param last Marks the end of the message.
 * @returns The command line and the octets in one array, to be written at once.
 *
 * @example End a message
 * ```ts
 * formatChunk(new TextEncoder().encode('hi\r\n'), true); // BDAT 4 LAST CRLF hi CRLF
 * ```
 */
export function formatChunk(octets: Uint8Array, last: boolean): Uint8Array {
  const line = `BDAT ${octets.length}${last ? ' LAST' : ''}\r\n`;
  return joinOctets([new TextEncoder().encode(line), octets]);
}
