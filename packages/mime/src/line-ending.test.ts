import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCrlfBytes } from './line-ending.ts';

const toCrlf = (text: string) => new TextDecoder().decode(toCrlfBytes(new TextEncoder().encode(text)));

const rows: [given: string, expected: string][] = [
  ['', ''],
  ['one line', 'one line'],
  ['a\nb', 'a\r\nb'],
  ['a\rb', 'a\r\nb'],
  ['a\r\nb', 'a\r\nb'],
  ['\n\r\r\n\n', '\r\n\r\n\r\n\r\n'],
  ['\r', '\r\n'],
  ['\r\r\n', '\r\n\r\n'],
  ['a\n', 'a\r\n'],
];

test.each(rows)('%j becomes %j (RFC 5322 §2.3)', (given, expected) => {
  expect(toCrlf(given)).toBe(expected);
});

test('no bare CR or LF is left, and doing it twice changes nothing', () => {
  const mixed = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'é', 'x')).map(parts => parts.join(''));
  fc.assert(
    fc.property(mixed, text => {
      const lines = toCrlf(text);
      expect(lines.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(toCrlf(lines)).toBe(lines);
    }),
  );
});

test('octets that need no change are not copied', () => {
  const bytes = new TextEncoder().encode('a\r\nb');
  expect(toCrlfBytes(bytes)).toBe(bytes);
});
