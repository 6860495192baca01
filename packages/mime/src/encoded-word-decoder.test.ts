import { describe, expect, test } from 'vitest';
import { decodeWords } from './encoded-word-decoder.ts';

describe('decodeWords', () => {
  test.each([
    '=?',
    '=?a',
    '=?a?',
    '=?a?q?',
    '=?a?q?b',
    '=?a?q?b?',
    '=?utf-8?q?b?= ',
    '=?x-nobody?q?b?= ',
    '\r\n ',
  ])(
    'takes 10 MiB of %j',
    part => {
      const text = part.repeat((10 << 20) / part.length);
      expect(decodeWords(text).length).toBeLessThanOrEqual(text.length);
    },
    60_000,
  );
});
