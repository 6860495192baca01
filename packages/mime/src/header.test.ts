import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../vectors/header.json' with { type: 'json' };
import { decodeWords } from './encoded-word-decoder.ts';
import { HeaderInjectionError, MimeError } from './error.ts';
import { foldText } from './fold.ts';
import { checkHeader, formatField, formatText, headerPairs } from './header.ts';
import type { HeaderMap } from './message.ts';

const rules = { addressOctets: 8192 };
const unfold = (text: string) => text.replaceAll(/\r\n(?=[ \t])/g, '');

test.each(vectors)('field: $name ($source)', ({ field, value, written, code }) => {
  const write = () => formatField([field, value], rules);
  if (code === undefined) expect(write()).toBe(`${written}\r\n`);
  else expect(write).toThrow(expect.objectContaining({ name: 'MimeError', code }));
});

test.each(Array.from({ length: 33 }, (_, i) => (i === 32 ? 0x7f : i)).filter(unit => unit !== 9))(
  'refuses control %i in a name and in a value, at its position',
  unit => {
    const text = `ab${String.fromCharCode(unit)}Bcc: eve@example.com`;
    for (const pair of [
      [text, 'x'],
      ['Subject', text],
      ['To', text],
      ['References', text],
      ['X-Any', text],
    ] as const) {
      const write = () => formatField(pair, rules);
      expect(write).toThrow(HeaderInjectionError);
      expect(write).toThrow(expect.objectContaining({ code: 'control-character', position: 2 }));
    }
  },
);

describe('formatText', () => {
  test('gives a name of 76 characters a line of its own before an encoded word', () => {
    const name = 'X'.repeat(76);
    const text = formatText(name, 'é'.repeat(100), name);
    for (const line of text.split('\r\n').slice(1)) expect(line.length).toBeLessThanOrEqual(76);
    expect(decodeWords(unfold(text).slice(77).trim())).toBe('é'.repeat(100));
    expect(() => formatField([`${name}X`, 'x'], rules)).toThrow(MimeError);
  });

  test('any text without controls comes out as it went in, on lines of at most 998 octets', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc
        .array(fc.constantFrom('a', ' ', '  ', '\t', '=?utf-8?q?x?=', '語', '🚀', 'x'.repeat(80)))
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(texts, raw => {
        const text = raw.replace(/[\0-\x08\x0a-\x1f\x7f]/g, '');
        const field = formatText('Subject', text, 'subject');
        expect(field.endsWith('\r\n')).toBe(true);
        for (const line of field.slice(0, -2).split('\r\n')) {
          expect(line).toMatch(/^(?:Subject:(?: |$)|[ \t]+[!-~])/);
          expect(line.length).toBeLessThanOrEqual(998);
        }
        expect(decodeWords(unfold(field.slice(0, -2)).slice('Subject:'.length).replace(/^ /, ''))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('foldText', () => {
  test.each([74, 75, 76, 77, 78])('keeps a line of %i columns', columns => {
    const text = `aa ${'b'.repeat(columns - 'Subject: aa '.length)}`;
    expect(foldText('Subject', text)).toBe(`Subject: ${text}\r\n`);
  });

  test('folds a line of 79 columns at its last single space', () => {
    const tail = 'b'.repeat(79 - 'Subject: aa '.length);
    expect(foldText('Subject', `aa ${tail}`)).toBe(`Subject: aa\r\n ${tail}\r\n`);
  });

  test('never folds inside a run of spaces, nor before the first word', () => {
    const long = 'x'.repeat(80);
    expect(foldText('Subject', `${long}   ${long} ${long}`)).toBe(
      `Subject: ${long}   ${long}\r\n ${long}\r\n`,
    );
    expect(foldText('Subject', long)).toBe(`Subject: ${long}\r\n`);
  });

  test('ends a line before a run of spaces only where 998 octets need it', () => {
    const long = 'x'.repeat(600);
    expect(foldText('Subject', `${long}  ${long}`)).toBe(`Subject: ${long}\r\n  ${long}\r\n`);
  });

  test.each([997, 998])('keeps an unbreakable line of %i octets', octets => {
    const text = 'x'.repeat(octets - 'Subject: '.length);
    expect(foldText('Subject', text)).toBe(`Subject: ${text}\r\n`);
  });

  test('refuses an unbreakable line of 999 octets', () => {
    expect(() => foldText('List-Help', 'x'.repeat(999 - 'List-Help: '.length))).toThrow(
      expect.objectContaining({ code: 'line-too-long' }),
    );
  });

  test('folds 10 MiB in linear time', () => {
    const text = 'word '.repeat(2_000_000).trim();
    expect(foldText('Subject', text).length).toBeGreaterThan(10_000_000);
  });
});

describe('headerPairs', () => {
  test.each<[string, HeaderMap]>([
    [
      'pairs',
      [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-A', '3'],
      ],
    ],
    [
      'pairs with lists',
      [
        ['X-A', '1'],
        ['X-B', ['2']],
        ['X-A', '3'],
      ],
    ],
  ])('keeps the order of %s', (_, headers) => {
    expect(headerPairs(headers)).toEqual([
      ['X-A', '1'],
      ['X-B', '2'],
      ['X-A', '3'],
    ]);
  });

  test('takes Headers', () => {
    expect(headerPairs(new Headers({ 'X-A': '1' }))).toEqual([['x-a', '1']]);
  });

  test('takes the own keys of an object alone', () => {
    const headers = Object.assign(Object.create({ 'X-Inherited': 'no' }), { 'X-Own': ['1', '2'] });
    Object.defineProperty(headers, '__proto__', { value: 'mine', enumerable: true });
    expect(headerPairs(headers)).toEqual([
      ['X-Own', '1'],
      ['X-Own', '2'],
      ['__proto__', 'mine'],
    ]);
  });

  test.each(['Bcc', 'resent-bcc', 'Content-Type', 'CONTENT-TRANSFER-ENCODING', 'MIME-Version'])(
    'leaves %s to the composer',
    name => {
      expect(() => headerPairs([[name, 'x']])).toThrow(
        expect.objectContaining({ code: 'reserved-header', field: name }),
      );
    },
  );

  test('takes MIME-Version: 1.0 for what is written anyway', () => {
    expect(headerPairs({ 'MIME-Version': '1.0' })).toEqual([]);
  });
});

describe('checkHeader', () => {
  test.each(['From', 'Subject', 'Reply-To', 'Content-X', 'List-X', 'MIME-Version'])(
    'refuses %s twice, in any case',
    name => {
      expect(() => checkHeader(`${name}: a\r\nX-B: c\r\n${name.toUpperCase()}: b\r\n`, 'message')).toThrow(
        expect.objectContaining({ code: 'duplicate-header', field: name.toUpperCase() }),
      );
    },
  );

  test.each([
    'Received: a\r\nReceived: b\r\n',
    'X-A: Subject: a\r\nX-A: Subject: a\r\n',
    'Subject: To: a\r\n To: b\r\n',
    'Content-A: Content-B: c\r\nContent-B: c\r\n',
    'Content-A: b:c\r\nContent-Ab: c\r\n',
  ])('takes %j, where none stands twice that stands once', header => {
    expect(checkHeader(header, 'message')).toBe(header);
  });

  test('takes a line of 998 octets, and refuses one of 999', () => {
    const line = (octets: number) => `Subject: a\r\nX-A: ${'a'.repeat(octets - 'X-A: '.length)}\r\n`;
    expect(checkHeader(line(998), 'message')).toBe(line(998));
    expect(() => checkHeader(line(999), 'body')).toThrow(
      expect.objectContaining({
        code: 'line-too-long',
        field: 'body',
        message: expect.stringContaining('not "X-A: aaa'),
      }),
    );
  });

  test('reads 10 MiB in linear time', () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `Content-${i}: ${'a'.repeat(40)}\r\n`).join('');
    expect(checkHeader(text, 'message')).toBe(text);
  });
});
