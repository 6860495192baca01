import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeXtext, encodeUtf8AddrXtext, encodeXtext } from './xtext.ts';

test.each([
  ['', '', 'nothing'],
  ['QQ314159', 'QQ314159', 'RFC 3461 §4.4'],
  ['a+b=c d', 'a+2Bb+3Dc+20d', 'RFC 3461 §4'],
  ['\0\x7f!~', '+00+7F!~', 'both ends of the literal range'],
  ['ö', '+C3+B6', 'UTF-8 octets'],
])('%j is %j (%s)', (text, encoded) => {
  expect(encodeXtext(text)).toBe(encoded);
  expect(decodeXtext(encoded)).toBe(text);
});

test.each(['+', '+2', '+2b', '+GG', 'a b', 'a=b', 'ö', '\r', '\x7f', '+FF', '+C3'])('malformed: %j', text => {
  expect(decodeXtext(text)).toBeUndefined();
});

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(decodeXtext(encodeXtext(text))).toBe(text);
    }),
  );
});

test.each([
  ['b@y.test', 'b@y.test'],
  ['ö+\u{1f600}=\\ @y.test', '\\x{F6}\\x{2B}\\x{1F600}\\x{3D}\\x{5C}\\x{20}@y.test'],
])('RFC 6533 §3: %j', (address, encoded) => {
  expect(encodeUtf8AddrXtext(address)).toBe(encoded);
});
