import { ChunkEncoder } from './chunk-encoder.ts';
import {
  type QuotedPrintableOptions,
  quotedPrintableBound,
  writeQuotedPrintable,
} from './quoted-printable-writer.ts';

const CR = 0x0d;

/**
 * Encodes a stream of octets as quoted-printable, whatever the sizes of its chunks (RFC 2045 §6.7).
 *
 * @example Encode a text file without holding it in memory
 * ```ts
 * const encoder = new QuotedPrintableEncoder();
 * for await (const chunk of file.stream()) await writer.write(encoder.push(chunk));
 * await writer.write(encoder.end());
 * ```
 */
export class QuotedPrintableEncoder extends ChunkEncoder {
  /** @param options - which line ends are data */
  constructor(options: QuotedPrintableOptions = {}) {
    super((octets, isLast) => {
      // A last CR may be half of a line break.
      const known = !isLast && octets.at(-1) === CR ? octets.subarray(0, -1) : octets;
      const target = new Uint8Array(quotedPrintableBound(known.length));
      const { end, lineTarget, lineSource } = writeQuotedPrintable(known, target, 0, options);
      // How the last line is written depends on what follows.
      return isLast
        ? { written: target.slice(0, end), taken: octets.length }
        : { written: target.slice(0, lineTarget), taken: lineSource };
    });
  }
}
