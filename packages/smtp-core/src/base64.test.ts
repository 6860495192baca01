import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
])('RFC 4648 §10: %j', (text, encoded) => {
  expect(encodeBase64(utf8(text))).toBe(encoded);
  expect(decodeBase64(encoded)).toEqual(utf8(text));
});

test.each([
  'A',
  'AA',
  'AAA',
  'AA=',
  'A===',
  '=',
  '====',
  'AB==',
  'AAB=',
  'AA==AA==',
  'A=A=',
  ' AA=',
  'AA==\r\n',
  'AA-_',
  'ÄÄÄÄ',
])('malformed: %j', text => {
  expect(decodeBase64(text)).toBeUndefined();
});

describe('any octets', () => {
  test('agree with another implementation, and come back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), octets => {
        const text = encodeBase64(octets);
        expect(text).toBe(Buffer.from(octets).toString('base64'));
        expect(decodeBase64(text)).toEqual(octets);
      }),
    );
  });

  test('a text is decoded only if nothing else encodes the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgwz09+/=') }), text => {
        const octets = decodeBase64(text);
        if (octets !== undefined) expect(encodeBase64(octets)).toBe(text);
      }),
    );
  });
});
