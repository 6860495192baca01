import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { hmacMd5, md5 } from './md5.ts';

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
const utf8 = (text: string) => new TextEncoder().encode(text);

test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
])('RFC 1321 appendix A.5: %j', (text, digest) => {
  expect(hex(md5(utf8(text)))).toBe(digest);
});

test.each([
  [new Uint8Array(16).fill(0x0b), utf8('Hi There'), '9294727a3638bb1c13f48ef8158bfc9d'],
  [utf8('Jefe'), utf8('what do ya want for nothing?'), '750c783e6ab0b503eaa86e310a5db738'],
  [new Uint8Array(16).fill(0xaa), new Uint8Array(50).fill(0xdd), '56be34521d144c88dbb8c733f0e8b3f6'],
  [
    new Uint8Array(80).fill(0xaa),
    utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
    '6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd',
  ],
])('RFC 2202 §2', (key, message, digest) => {
  expect(hex(hmacMd5(key, message))).toBe(digest);
});

test('agrees with another implementation at every length around the block', () => {
  for (let length = 0; length < 200; length++) {
    const message = Uint8Array.from({ length }, (_, i) => i * 89 + length);
    expect(hex(md5(message))).toBe(createHash('md5').update(message).digest('hex'));
    expect(hex(hmacMd5(message, message))).toBe(createHmac('md5', message).update(message).digest('hex'));
  }
});
