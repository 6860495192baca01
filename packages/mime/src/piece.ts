import type { Domain } from './transfer-encoding.ts';

/** Octets of a body that is encoded: base64 while it is written, quoted-printable before, since its length is not known else. */
export interface EncodedOctets {
  readonly octets: Uint8Array;
  readonly encoding: 'base64' | 'quoted-printable';
  /** Octets once encoded. */
  readonly length: number;
}

/** A body that is read only when the message is. */
export interface StreamedBody {
  open(): AsyncGenerator<Uint8Array>;
  readonly encoding: Domain | 'base64' | 'quoted-printable';
  /** Octets once encoded, where known. */
  readonly length: number | undefined;
  /** Whether it can be opened again. */
  readonly replayable: boolean;
  /** Path of the content in the message, for errors. */
  readonly field: string;
  /** Boundaries around the body, which no line of it may begin with. */
  readonly boundaries: readonly string[];
}

/** What a message is written from, in order: ASCII text, octets as they stand, octets to encode, a stream. */
export type Piece = string | Uint8Array | EncodedOctets | StreamedBody;

export function isStreamed(piece: Piece): piece is StreamedBody {
  return typeof piece === 'object' && 'open' in piece;
}
