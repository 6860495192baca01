const BLOCK_OCTETS = 64;
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

/**
 * MD5 (RFC 1321), which WebCrypto lacks; good for nothing but protocols that are stuck with it.
 *
 * @param message Any number of octets.
 * @returns 16 octets.
 */
export function md5(message: Uint8Array): Uint8Array {
  const blocks = new Uint8Array((((message.length + 8) >> 6) + 1) * BLOCK_OCTETS);
  blocks.set(message);
  blocks[message.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setBigUint64(blocks.length - 8, BigInt(message.length) * 8n, true);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < blocks.length; block += BLOCK_OCTETS) {
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const [mix, word] = [
        [(b & c) | (~b & d), i],
        [(d & b) | (~d & c), 5 * i + 1],
        [b ^ c ^ d, 3 * i + 5],
        [c ^ (b | ~d), 7 * i],
      ][round] as [number, number];
      // RFC 1321 §3.4: T[i] is the integer part of 2^32 times abs(sin(i)).
      const constant = Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32);
      const sum = (a + mix + constant + view.getInt32(block + (word & 15) * 4, true)) | 0;
      const shift = SHIFTS[round * 4 + (i & 3)]!;
      [a, b, c, d] = [d, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0, b, c];
    }
    [a, b, c, d].forEach((word, i) => {
      state[i]! += word;
    });
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => {
    digest.setInt32(i * 4, word, true);
  });
  return new Uint8Array(digest.buffer);
}

/**
 * HMAC over MD5 (RFC 2104).
 *
 * @param key Any number of octets; more than 64 are hashed first.
 * @param message Any number of octets.
 * @returns 16 octets.
 */
export function hmacMd5(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_OCTETS);
  block.set(key.length > BLOCK_OCTETS ? md5(key) : key);
  const pad = (octet: number, rest: Uint8Array): Uint8Array =>
    md5(Uint8Array.of(...block.map(value => value ^ octet), ...rest));
  return pad(0x5c, pad(0x36, message));
}
