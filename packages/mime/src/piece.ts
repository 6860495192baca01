import { base64Length } from './base64.ts';
import type { Domain } from './transfer-encoding.ts';

/** Octets that are written as base64; quoted-printable is encoded before, since its length is not known else. */
export interface EncodedOctets {
  readonly octets: Uint8Array;
  /** Octets once encoded. */
  readonly length: number;
}

/** Columns of base64 lines (RFC 2045 §6.8). */
export const base64Columns = 76;

/** Octets to be written as base64. */
export function base64Piece(octets: Uint8Array): EncodedOctets {
  return { octets, length: base64Length(octets.length, base64Columns) };
}

/** A body that is read only when the message is. */
export interface StreamedBody {
  open(): AsyncGenerator<Uint8Array>;
  readonly encoding: Domain | 'base64' | 'quoted-printable';
  /** Whether line ends of any kind are written as CR LF. */
  readonly canonical: boolean;
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
