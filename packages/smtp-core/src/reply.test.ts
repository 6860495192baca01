import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatReply, parseEhlo, parseEnhancedStatus, type Reply, ReplyParser } from './index.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string, limits = {}) => {
  const parser = new ReplyParser(limits);
  parser.push(encode(text));
  const replies: unknown[] = [];
  for (let reply = parser.next(); reply !== undefined; reply = parser.next()) {
    replies.push(reply);
    if (typeof reply === 'string') break;
  }
  return { replies, pending: parser.pending };
};

describe('ReplyParser (RFC 5321 §4.2)', () => {
  test.each<[string, unknown]>([
    ['250 ok\r\n', [{ code: 250, lines: ['ok'] }]],
    ['250\r\n', [{ code: 250, lines: [''] }]],
    ['250 \r\n', [{ code: 250, lines: [''] }]],
    ['250-\r\n250\r\n', [{ code: 250, lines: ['', ''] }]],
    ['250-a\r\n550 5.1.1 b\r\n', [{ code: 550, enhanced: '5.1.1', lines: ['a', '5.1.1 b'] }]],
    [
      '250 ok\n354 go\n',
      [
        { code: 250, lines: ['ok'] },
        { code: 354, lines: ['go'] },
      ],
    ],
    ['250 \u{1f4a9} é\r\n', [{ code: 250, lines: ['\u{1f4a9} é'] }]],
    ['250 \ufeffx\r\n', [{ code: 250, lines: ['\ufeffx'] }]],
    ['299 a\tb\r\r\n', [{ code: 299, lines: ['a\tb'] }]],
    ['250\r\r\n', [{ code: 250, lines: [''] }]],
    ['199 x\r\n', [{ code: 199, lines: ['x'] }]],
    ['600 x\r\n', ['malformed-reply']],
    ['25\r\n', ['malformed-reply']],
    ['25\n', ['malformed-reply']],
    ['2500 x\r\n', ['malformed-reply']],
    ['25a x\r\n', ['malformed-reply']],
    ['250_x\r\n', ['malformed-reply']],
    ['250\rx', ['malformed-reply']],
    ['\rx', ['malformed-reply']],
    [' 250 ok\r\n', ['malformed-reply']],
    ['250 a\0\r\n', ['malformed-reply']],
    ['250 ok\r\n\x15\x03', [{ code: 250, lines: ['ok'] }, 'malformed-reply']],
  ])('%j', (text, expected) => {
    expect(parse(text).replies).toEqual(expected);
  });

  test('octets that are no UTF-8 are replaced, not refused', () => {
    const parser = new ReplyParser();
    parser.push(Uint8Array.of(0x32, 0x35, 0x30, 0x20, 0xff, 0x0a));
    expect(parser.next()).toEqual({ code: 250, lines: ['\ufffd'] });
  });

  test.each([
    ['', false],
    ['2', true],
    ['250-a\r\n', true],
    ['250 a\r\n', false],
    ['250 a\r\n\r', true],
    ['\r\n', false],
  ])('after %j something is pending: %s', (text, pending) => {
    expect(parse(text).pending).toBe(pending);
  });

  test('octets pushed before they are asked for are kept', () => {
    const parser = new ReplyParser();
    for (const text of ['250 a\r\n25', '0 b', '\r\n']) parser.push(encode(text));
    expect(parser.pending).toBe(true);
    expect([parser.next(), parser.next(), parser.next()]).toMatchObject([
      { lines: ['a'] },
      { lines: ['b'] },
      undefined,
    ]);
  });

  test('limits are exact, and a fault stays', () => {
    expect(parse(`250 ${'x'.repeat(6)}\r\n`, { maxReplyLine: 10 }).replies).toMatchObject([{ code: 250 }]);
    expect(parse(`250 ${'x'.repeat(7)}`, { maxReplyLine: 10 }).replies).toEqual(['reply-too-long']);
    expect(parse(`250 ${'x'.repeat(4092)}\r\n`).replies).toMatchObject([{ code: 250 }]);
    expect(parse(`250 ${'x'.repeat(4093)}`).replies).toEqual(['reply-too-long']);
    expect(parse('250-a\r\n'.repeat(9362)).replies).toEqual([]);
    expect(parse('250-a\r\n'.repeat(10_000)).replies).toEqual(['reply-too-long']);
    const parser = new ReplyParser({ maxReplyBytes: 8 });
    parser.push(encode('250-a\r\n250'));
    expect([parser.next(), parser.next()]).toEqual(['reply-too-long', 'reply-too-long']);
  });

  test('blank lines are free between replies and counted inside of one', () => {
    expect(parse(`${'\r\n'.repeat(100)}250 ok\r\n`, { maxReplyBytes: 20 }).replies).toMatchObject([
      { code: 250 },
    ]);
    expect(parse(`250-a\r\n${'\r\n'.repeat(100)}`, { maxReplyBytes: 20 }).replies).toEqual([
      'reply-too-long',
    ]);
  });

  const almostReplies = fc
    .array(fc.constantFrom('2', '250', '250 ', '250-', '\r', '\n', '\r\n', 'a', '\0', 'é', '\ufeff'), {
      maxLength: 30,
    })
    .map(pieces => encode(pieces.join('')));

  test.each([
    ['arbitrary octets', fc.uint8Array({ maxLength: 60 })],
    ['what is almost a reply', almostReplies],
  ])('%s: the same however it is cut, and never a throw', (_, octets) => {
    const limits = fc.record({ maxReplyLine: fc.integer({ min: 1, max: 20 }), maxReplyBytes: fc.nat(40) });
    fc.assert(
      fc.property(octets, fc.array(fc.nat(60), { maxLength: 4 }), limits, (octets, cuts, limits) => {
        const all = (pieces: readonly Uint8Array[]) => {
          const parser = new ReplyParser(limits);
          const found: unknown[] = [];
          for (const piece of pieces) {
            parser.push(piece);
            for (let reply = parser.next(); reply !== undefined; reply = parser.next()) {
              found.push(reply);
              if (typeof reply === 'string') return found;
            }
          }
          return found;
        };
        const at = [0, ...cuts, octets.length].sort((a, b) => a - b);
        expect(all(at.slice(1).map((end, i) => octets.subarray(at[i], end)))).toEqual(all([octets]));
        expect(all(Array.from(octets, octet => Uint8Array.of(octet)))).toEqual(all([octets]));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatReply (RFC 5321 §4.2.1)', () => {
  test.each<[Reply, string]>([
    [{ code: 250, lines: ['ok'] }, '250 ok\r\n'],
    [{ code: 250, lines: [] }, '250 \r\n'],
    [{ code: 250, lines: ['a', 'b'] }, '250-a\r\n250 b\r\n'],
    [{ code: 550, enhanced: '5.1.1', lines: ['no', '5.1.1 such'] }, '550-5.1.1 no\r\n550 5.1.1 such\r\n'],
  ])('%j', (reply, text) => {
    expect(formatReply(reply)).toBe(text);
  });

  test.each<[Reply]>([
    [{ code: 99, lines: ['x'] }],
    [{ code: 600, lines: ['x'] }],
    [{ code: 250.5, lines: ['x'] }],
    [{ code: 250, lines: ['x\r\n550 y'] }],
    [{ code: 250, lines: ['x\0'] }],
  ])('refuses %j', reply => {
    expect(() => formatReply(reply)).toThrow(TypeError);
  });

  test('what is written is read', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abc 123.é-\t'), maxLength: 20 });
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        (code, lines) => {
          expect(parse(formatReply({ code, lines })).replies).toMatchObject([{ code, lines }]);
        },
      ),
    );
  });
});

test.each<[number, string, string | undefined]>([
  [250, '2.1.0 ok', '2.1.0'],
  [250, '2.1.0', '2.1.0'],
  [550, '5.123.999 x', '5.123.999'],
  [550, '4.1.1 x', undefined],
  [550, '5.1 x', undefined],
  [550, '5.1.1x', undefined],
  [550, '5.1.1234 x', undefined],
  [354, '3.0.0 x', undefined],
  [550, 'x 5.1.1', undefined],
])('enhanced status of %i %s is %s (RFC 2034 §4, RFC 3463 §2)', (code, text, expected) => {
  expect(parseEnhancedStatus(code, text)).toBe(expected);
});

test.each<[string[], Record<string, string[]>]>([
  [['s.test'], {}],
  [['SIZE 1', 'size 35882577', '8BITMIME'], { SIZE: ['35882577'], '8BITMIME': [] }],
  [
    ['s', 'AUTH PLAIN', 'AUTH=LOGIN xoauth2', 'X-EXPS GSSAPI', 'X-EXPS=NTLM', 'AUTH', 'x-exps\tb'],
    { AUTH: ['PLAIN', 'LOGIN', 'XOAUTH2', 'GSSAPI', 'NTLM', 'B'] },
  ],
  [['s', 'AUTHORS x=y', 'AUTHOR=z'], { AUTHORS: ['x=y'], 'AUTHOR=Z': [] }],
  [['s', '', '  ', 'LIMITS  RCPTMAX=1\tMAILMAX=2'], { LIMITS: ['RCPTMAX=1', 'MAILMAX=2'] }],
])('EHLO %j (RFC 5321 §4.1.1.1)', (lines, expected) => {
  expect(Object.fromEntries(parseEhlo(lines))).toEqual(expected);
});
