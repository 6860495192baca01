import { expect, test } from 'vitest';
import { quoted } from './quoted.ts';

test.each([
  ['plain', '"plain"'],
  ['a\r\nb\0', '"a\\r\\nb\\u0000"'],
  ['\x7f\x9b2J\u2028', '"\\u007f\\u009b2J\\u2028"'],
  ['at smtps://ann:s3cr@t@x.example/', '"at smtps://***@x.example/"'],
  ['see https://x.example/?to=a@b.example', '"see https://x.example/?to=a@b.example"'],
  [undefined, '"undefined"'],
  [['x'], '"an array"'],
  [{ pass: 'secret' }, '"an object"'],
])('quotes %j as %s', (value, expected) => {
  expect(quoted(value)).toBe(expected);
});

test('cuts a long value', () => {
  expect(quoted('x'.repeat(10_000)).length).toBeLessThan(100);
});
