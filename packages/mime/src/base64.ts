const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;

/** How {@link encodeBase64} lays out its lines. */
export interface Base64Options {
  /** Characters on a line, a multiple of 4 up to 996 (RFC 2045 wants at most 76); one single line by default. */
  readonly lineLength?: number;
}

/** The two characters of every 12-bit number, the first one in the high octet. */
function characterPairs(): Uint16Array {
  const pairs = new Uint16Array(4096);
  for (let bits = 0; bits < 4096; bits++) {
    pairs[bits] = (ALPHABET.charCodeAt(bits >> 6) << 8) | ALPHABET.charCodeAt(bits & 63);
  }
  return pairs;
}

const PAIRS: Uint16Array = /* @__PURE__ */ characterPairs();

/**
 * Encodes octets as base64 (RFC 2045 §6.8), with CR LF between lines and none after the last.
 *
 * @param bytes - octets of any length
 * @param options - length of a line in characters
 * @returns the base64 text as ASCII octets
 * @throws RangeError when the line length is no multiple of 4 up to 996
 * @example Encode an attachment for a message body
 * ```ts
 * const body = encodeBase64(file, { lineLength: 76 });
 * ```
 */
export function encodeBase64(bytes: Uint8Array, options: Base64Options = {}): Uint8Array<ArrayBuffer> {
  const lineLength = options.lineLength ?? 0;
  const target = new Uint8Array(base64Length(bytes.length, lineLength));
  encodeBase64Into(bytes, target, 0, lineLength);
  return target;
}

/**
 * Counts the octets that {@link encodeBase64} writes.
 *
 * @param octets - number of octets to encode
 * @param lineLength - characters on a line; 0 for one single line
 * @throws RangeError when the line length is no multiple of 4 up to 996
 * @example Size of an attachment on the wire
 * ```ts
 * base64Length(57 * 2, 76); // 154
 * ```
 */
export function base64Length(octets: number, lineLength = 0): number {
  if (lineLength % 4 !== 0 || lineLength < 0 || lineLength > 996) {
    throw new RangeError(`Give a line length that is a multiple of 4 up to 996, not "${lineLength}"`);
  }
  const characters = Math.ceil(octets / 3) * 4;
  if (lineLength === 0 || characters === 0) return characters;
  return characters + 2 * (Math.ceil(characters / lineLength) - 1);
}

/**
 * Writes octets as base64 into a buffer of the caller (RFC 2045 §6.8).
 *
 * @param bytes - octets of any length
 * @param target - buffer with room for {@link base64Length} octets after `offset`
 * @param offset - where to write the first octet
 * @param lineLength - characters on a line; 0 for one single line
 * @returns the offset after the last octet written
 * @throws RangeError when the buffer is too small or the line length wrong; nothing is written then
 * @example Fill one buffer with several parts
 * ```ts
 * const end = encodeBase64Into(bytes, arena, start, 76);
 * ```
 */
export function encodeBase64Into(
  bytes: Uint8Array,
  target: Uint8Array,
  offset: number,
  lineLength = 0,
): number {
  const octets = bytes.length;
  if (offset + base64Length(octets, lineLength) > target.length) {
    throw new RangeError(`Give a buffer with room for the base64 text of ${octets} octets`);
  }
  const input = new DataView(bytes.buffer, bytes.byteOffset, octets);
  const output = new DataView(target.buffer, target.byteOffset, target.length);
  const lineOctets = lineLength === 0 ? octets : (lineLength / 4) * 3;
  let position = 0;
  let end = offset;
  while (position < octets) {
    if (position > 0) {
      output.setUint16(end, 0x0d0a);
      end += 2;
    }
    const lineEnd = Math.min(position + lineOctets, octets);
    // A group of three octets is read as four: the last groups of the input take the slow way.
    const wordEnd = Math.min(lineEnd - 2, octets - 3);
    for (; position < wordEnd; position += 3) {
      const bits = input.getUint32(position);
      output.setUint32(end, (PAIRS[bits >>> 20]! << 16) | PAIRS[(bits >>> 8) & 0xfff]!);
      end += 4;
    }
    for (; position < lineEnd; position += 3) {
      const left = octets - position;
      const bits = (bytes[position]! << 16) | ((bytes[position + 1] ?? 0) << 8) | (bytes[position + 2] ?? 0);
      output.setUint16(end, PAIRS[bits >>> 12]!);
      output.setUint16(end + 2, PAIRS[bits & 0xfff]!);
      if (left < 2) target[end + 2] = PAD;
      if (left < 3) target[end + 3] = PAD;
      end += 4;
    }
  }
  return end;
}
