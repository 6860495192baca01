import { encodeBase64Into } from './base64.ts';
import { measure } from './measure.ts';
import { base64Columns, type EncodedOctets } from './piece.ts';
import { utf8Into } from './utf8.ts';

/** A piece whose octets are at hand. */
export type ReadyPiece = string | Uint8Array | EncodedOctets;

/** Writes pieces into one new array of exactly their size. */
export function writeArena(pieces: readonly ReadyPiece[]): Uint8Array<ArrayBuffer> {
  const arena = new Uint8Array(measure(pieces) as number);
  let offset = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') utf8Into(piece, arena, offset);
    else if ('octets' in piece) encodeBase64Into(piece.octets, arena, offset, base64Columns);
    else arena.set(piece, offset);
    offset += piece.length;
  }
  return arena;
}
