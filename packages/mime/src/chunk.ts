import { type ReadyPiece, writeArena } from './arena.ts';
import { base64Piece, isStreamed, type Piece } from './piece.ts';
import { encodedChunks } from './streamed-body.ts';
import { utf8 } from './utf8.ts';

/** Octets of a chunk, about: large enough to be worth a write, small enough to hold. */
const chunkOctets = 65_536;
/** Octets of a part of a large piece; as base64 they fill whole lines and about one chunk. */
const partOctets = 57 * 840;

/** A message as chunks: small pieces together, large ones in parts, streams as they come. */
export async function* chunksOfPieces(
  pieces: readonly Piece[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let ready: ReadyPiece[] = [];
  let octets = 0;
  for (const piece of pieces) {
    for (const part of isStreamed(piece) ? [piece] : splitPiece(piece)) {
      signal?.throwIfAborted();
      const streamed = isStreamed(part);
      if (octets > 0 && (streamed || octets + part.length > chunkOctets)) {
        yield writeArena(ready);
        ready = [];
        octets = 0;
      }
      if (streamed) {
        for await (const chunk of encodedChunks(part, signal)) if (chunk.length > 0) yield chunk;
      } else {
        ready.push(part);
        octets += part.length;
      }
    }
  }
  signal?.throwIfAborted();
  if (octets > 0) yield writeArena(ready);
}

function* splitPiece(piece: ReadyPiece): Generator<ReadyPiece> {
  const plain = typeof piece === 'string' ? utf8(piece) : piece;
  const octets = 'octets' in plain ? plain.octets : plain;
  for (let at = 0; at < octets.length; at += partOctets) {
    const part = octets.subarray(at, at + partOctets);
    if (octets === plain) yield part;
    else {
      if (at > 0) yield '\r\n';
      yield base64Piece(part);
    }
  }
}
