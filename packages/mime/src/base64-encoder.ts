import { base64Length, encodeBase64Into } from './base64.ts';
import { ChunkEncoder } from './chunk-encoder.ts';

/**
 * Encodes a stream of octets as base64, whatever the sizes of its chunks (RFC 2045 §6.8).
 *
 * @example Encode a file without holding it in memory
 * ```ts
 * const encoder = new Base64Encoder(76);
 * for await (const chunk of file.stream()) await writer.write(encoder.push(chunk));
 * await writer.write(encoder.end());
 * ```
 */
export class Base64Encoder extends ChunkEncoder {
  /**
   * @param lineLength - characters on a line, a multiple of 4 up to 996; 0 for one single line
   * @throws RangeError when the line length is no multiple of 4 up to 996
   */
  constructor(lineLength = 76) {
    base64Length(0, lineLength);
    const lineOctets = lineLength === 0 ? 3 : (lineLength / 4) * 3;
    let started = false;
    super((octets, isLast) => {
      const taken = isLast ? octets.length : octets.length - (octets.length % lineOctets);
      const lineBreak = started && taken > 0 && lineLength > 0 ? [0x0d, 0x0a] : [];
      const written = new Uint8Array(lineBreak.length + base64Length(taken, lineLength));
      written.set(lineBreak);
      encodeBase64Into(octets.subarray(0, taken), written, lineBreak.length, lineLength);
      started = !isLast && (started || taken > 0);
      return { written, taken };
    });
  }
}
