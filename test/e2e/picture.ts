import { crc32, deflateSync } from 'node:zlib';

/** A PNG of 64 × 64 pixels whose octets are as good as random, line ends and dots among them. */
export function makePicture(): Uint8Array<ArrayBuffer> {
  const side = 64;
  const rows = new Uint8Array(side * (1 + side * 3));
  let state = 1;
  for (let i = 0; i < rows.length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    rows[i] = i % (1 + side * 3) === 0 ? 0 : state & 255;
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const parts = [
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
