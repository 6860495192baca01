import { type ReadyPiece, writeArena } from './arena.ts';
import { base64Length } from './base64.ts';
import { measure } from './measure.ts';
import { isStreamed, type Piece } from './piece.ts';
import { encodedChunks } from './streamed-body.ts';

/** Octets of a chunk, about: large enough to be worth a write, small enough to hold. */
const chunkOctets = 65_536;
/** Octets that fill whole lines of base64 and about one chunk. */
const base64ChunkOctets = 57 * 840;

/** A message as chunks: small pieces together, large ones in parts, streams as they come. */
export async function* chunksOfPieces(
  pieces: readonly Piece[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let ready: ReadyPiece[] = [];
  let octets = 0;
  for (const piece of pieces) {
    signal?.throwIfAborted();
    if (isStreamed(piece)) {
      if (octets > 0) yield writeArena(ready);
      yield* encodedChunks(piece, signal);
      ready = [];
      octets = 0;
      continue;
    }
    for (const part of splitPiece(piece)) {
      const length = measure([part]) as number;
      if (octets > 0 && octets + length > chunkOctets) {
        yield writeArena(ready);
        signal?.throwIfAborted();
        ready = [];
        octets = 0;
      }
      ready.push(part);
      octets += length;
    }
  }
  if (octets > 0) yield writeArena(ready);
}

function* splitPiece(piece: ReadyPiece): Generator<ReadyPiece> {
  if (piece.length <= chunkOctets) yield piece;
  else if (typeof piece === 'string' || piece instanceof Uint8Array) {
    for (let at = 0; at < piece.length; at += chunkOctets) {
      yield typeof piece === 'string'
        ? piece.slice(at, at + chunkOctets)
        : piece.subarray(at, at + chunkOctets);
    }
  } else if (piece.encoding === 'base64') {
    for (let at = 0; at < piece.octets.length; at += base64ChunkOctets) {
      const octets = piece.octets.subarray(at, at + base64ChunkOctets);
      if (at > 0) yield '\r\n';
      yield { octets, encoding: 'base64', length: base64Length(octets.length, 76) };
    }
  } else {
    yield* splitPiece(piece.octets);
  }
}
