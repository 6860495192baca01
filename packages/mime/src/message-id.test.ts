import { describe, expect, test } from 'vitest';
import { makeMessageId } from './message-id.ts';

describe('makeMessageId', () => {
  test('puts time, random text and domain in angle brackets', () => {
    const now = new Date('2024-03-15T10:20:30Z');
    const random = (octets: number) => new Uint8Array(octets).fill(1);
    expect(makeMessageId({ domain: 'example.org', now, random })).toBe(
      '<ltsid2uo.01010101010101010101010101010101@example.org>',
    );
  });

  test('takes clock and randomness of the runtime, and gives a new id each time', () => {
    const ids = [1, 2, 3].map(() => makeMessageId({ domain: 'example.org' }));
    for (const id of ids) expect(id).toMatch(/^<[a-z0-9]+\.[a-f0-9-]{32,36}@example\.org>$/);
    expect(new Set(ids).size).toBe(3);
  });

  test.each(['', 'a b', 'example.org>', 'b\u00fccher.example', 'a\r\nBcc: eve@example.com'])(
    'refuses %j as a domain',
    domain => {
      expect(() => makeMessageId({ domain })).toThrow(
        expect.objectContaining({ name: expect.stringMatching(/Error$/), field: 'domain' }),
      );
    },
  );
});
