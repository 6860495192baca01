import { describe, expect, test } from 'vitest';
import { scanLines } from './line-scan.ts';

const scan = (text: string) => scanLines(Uint8Array.from(text, character => character.charCodeAt(0)));
const plain = {
  eightBit: 0,
  headerOctets: expect.any(Number),
  nul: false,
  bareBreaks: 0,
  longestLine: 0,
  fragile: false,
};

describe('scanLines', () => {
  test.each([74, 75, 76, 77, 78, 997, 998, 999])(
    'finds a longest line of %d octets wherever it is',
    octets => {
      const line = 'x'.repeat(octets);
      for (const text of [line, `${line}\r\n`, `\r\n${line}\r\nx`, `x\r\n${line}`]) {
        expect(scan(text)).toEqual({ ...plain, longestLine: octets });
      }
    },
  );

  test.each<[string, Partial<ReturnType<typeof scanLines>>]>([
    ['', {}],
    ['\r\n\r\n', {}],
    ['\xe9\xe8', { eightBit: 2, longestLine: 2 }],
    ['a\0', { nul: true, longestLine: 2 }],
    ['abcd\0efgh', { nul: true, longestLine: 9 }],
    ['a\rbc', { bareBreaks: 1, longestLine: 2 }],
    ['ab\nc', { bareBreaks: 1, longestLine: 2 }],
    ['a\r', { bareBreaks: 1, longestLine: 1 }],
    ['a\n', { bareBreaks: 1, longestLine: 1 }],
    ['a\r\r\nb\n\n', { bareBreaks: 3, longestLine: 1 }],
    ['a\n.\nFrom b\n', { bareBreaks: 3, fragile: true, longestLine: 6 }],
    ['abcd\x7f~!\xff', { eightBit: 1, longestLine: 8 }],
    ['a\tb\x01', { longestLine: 4 }],
    ['.', { fragile: true, longestLine: 1 }],
    ['a\r\n.\r\nb', { fragile: true, longestLine: 1 }],
    ['..\r\n.a', { longestLine: 2 }],
    ['From me', { fragile: true, longestLine: 7 }],
    ['a\r\nFrom me', { fragile: true, longestLine: 7 }],
    ['From\r\nFrome \r\nb', { fragile: true, longestLine: 6 }],
    ['From\r\n>From me', { longestLine: 8 }],
    ['a ', { fragile: true, longestLine: 2 }],
    ['a\t\r\n', { fragile: true, longestLine: 2 }],
    ['a b', { longestLine: 3 }],
    ['\xe9\r\n\r\n\xe9\r\n\r\n\xe9', { eightBit: 3, longestLine: 1 }],
    ['\xe9\n\n\xe9', { eightBit: 2, bareBreaks: 2, longestLine: 1 }],
    ['\r\n\xe9', { eightBit: 1, longestLine: 1 }],
    ['\xe9\r\n\xe9\r\n', { eightBit: 2, longestLine: 1 }],
  ])('%j', (text, expected) => {
    expect(scan(text)).toEqual({ ...plain, ...expected });
  });

  test.each([
    ['', 0],
    ['abc\xe9', 4],
    ['a\r\n', 3],
    ['\r\n\xe9', 0],
    ['\xe9\r\n\r\n\xe9\r\n\r\n\xe9', 3],
    ['\xe9\n\n\xe9', 2],
    ['\xe9\r\n\xe9\r\n', 6],
    ['a\r\nb', 4],
  ])('%j has a header of %d octets', (text, octets) => {
    expect(scan(text).headerOctets).toBe(octets);
  });
});
