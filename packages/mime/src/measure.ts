import type { Piece } from './piece.ts';

/** Octets of a message without writing them; undefined where a stream does not tell its length. */
export function measure(pieces: readonly Piece[]): number | undefined {
  let octets = 0;
  for (const { length } of pieces) {
    if (length === undefined) return undefined;
    octets += length;
  }
  return octets;
}
