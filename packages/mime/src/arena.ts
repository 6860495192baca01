import { encodeBase64Into } from './base64.ts';
import { measure } from './measure.ts';
import { base64Columns, type EncodedOctets } from './piece.ts';
import { utf8Into } from './utf8.ts';

/** Below this, a loop is faster than a call into the encoder (measured on Node 24). */
const shortText = 64;

/** A piece whose octets are at hand. */
export type ReadyPiece = string | Uint8Array | EncodedOctets;

/** Writes pieces into one new array of exactly their size. */
export function writeArena(pieces: readonly ReadyPiece[]): Uint8Array<ArrayBuffer> {
  const arena = new Uint8Array(measure(pieces) as number);
  let offset = 0;
  for (const piece of pieces) offset = writeInto(piece, arena, offset);
  return arena;
}

/** Writes a piece at an offset and gives the offset behind it. */
function writeInto(piece: ReadyPiece, target: Uint8Array, offset: number): number {
  if (typeof piece === 'string') return writeAscii(piece, target, offset);
  if ('octets' in piece) return encodeBase64Into(piece.octets, target, offset, base64Columns);
  target.set(piece, offset);
  return offset + piece.length;
}

function writeAscii(text: string, target: Uint8Array, offset: number): number {
  if (text.length > shortText) utf8Into(text, target, offset);
  else for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
  return offset + text.length;
}
