import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../vectors/quoted-printable.json' with { type: 'json' };
import { toCrlfBytes } from './line-ending.ts';
import {
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  quotedPrintableLength,
} from './quoted-printable.ts';
import { decodeQuotedPrintable } from './quoted-printable-decoder.ts';
import { QuotedPrintableEncoder } from './quoted-printable-encoder.ts';

interface Vector {
  readonly name: string;
  readonly source: string;
  readonly input?: string;
  readonly hex?: string;
  readonly output: string;
  readonly binary?: boolean;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);
const hexOctets = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16));

function encodeChunks(chunks: readonly Uint8Array[], binary: boolean): string {
  const encoder = new QuotedPrintableEncoder({ binary });
  return chunks.map(chunk => text(encoder.push(chunk))).join('') + text(encoder.end());
}

describe.each(vectors as Vector[])('$name ($source)', ({ input, hex, output, binary = false }) => {
  const bytes = hex === undefined ? utf8(input!) : hexOctets(hex);

  test('encodes whole', () => {
    expect(text(encodeQuotedPrintable(bytes, { binary }))).toBe(output);
    expect(quotedPrintableLength(bytes, { binary })).toBe(output.length);
  });

  test('encodes octet by octet and at every two-way split', () => {
    expect(
      encodeChunks(
        Array.from(bytes, octet => Uint8Array.of(octet)),
        binary,
      ),
    ).toBe(output);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(encodeChunks([bytes.subarray(0, cut), bytes.subarray(cut)], binary)).toBe(output);
    }
  });

  test('decodes', () => {
    expect(decodeQuotedPrintable(output)).toEqual(bytes);
  });
});

/** Octets among which every rule of the encoding has something to decide. */
const tricky = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '\t',
        '.',
        'F',
        'From ',
        '=',
        '\r\n',
        '\r',
        '\n',
        '\0',
        'é',
        '語',
        '🚀',
        ' \r\n',
        '.\r\n',
      ),
      fc.integer({ min: 1, max: 80 }).map(columns => 'x'.repeat(columns)),
      fc.string({ unit: 'grapheme' }),
    ),
  )
  .map(parts => utf8(parts.join('')));
const anyOctets = fc.oneof(tricky, fc.uint8Array({ maxLength: 300 }));

describe('encodeQuotedPrintable', () => {
  test('keeps every rule of RFC 2045 §6.7, whatever the octets', () => {
    fc.assert(
      fc.property(anyOctets, fc.boolean(), (bytes, binary) => {
        const encoded = text(encodeQuotedPrintable(bytes, { binary }));
        expect(encoded).toMatch(/^(?:[\t -<>-~]|\r\n|=(?:[0-9A-F]{2}|\r\n))*$/);
        for (const line of encoded.split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).not.toMatch(/[\t ]$|^\.|^From /);
        }
        expect(decodeQuotedPrintable(encoded)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('cuts no character, whatever the text', () => {
    fc.assert(
      fc.property(tricky, bytes => {
        const lines = text(encodeQuotedPrintable(bytes)).split('=\r\n');
        for (const line of lines) {
          expect(() =>
            new TextDecoder('utf-8', { fatal: true }).decode(decodeQuotedPrintable(line)),
          ).not.toThrow();
        }
      }),
    );
  });

  test('gives what the whole gives, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(anyOctets), fc.boolean(), (chunks, binary) => {
        const whole = Uint8Array.from(chunks.flatMap(chunk => [...chunk]));
        expect(encodeChunks(chunks, binary)).toBe(text(encodeQuotedPrintable(whole, { binary })));
      }),
    );
  });

  test('makes a line break of any CR, LF and CR LF where asked to, as toCrlfBytes would', () => {
    fc.assert(
      fc.property(anyOctets, bytes => {
        const lines = text(encodeQuotedPrintable(toCrlfBytes(bytes)));
        expect(text(encodeQuotedPrintable(bytes, { anyBreak: true }))).toBe(lines);
        const encoder = new QuotedPrintableEncoder({ anyBreak: true });
        const chunks = Array.from(bytes, octet => text(encoder.push(Uint8Array.of(octet))));
        expect(chunks.join('') + text(encoder.end())).toBe(lines);
      }),
    );
  });

  test('writes between the octets around it and tells where it ended', () => {
    const target = new Uint8Array(9).fill(0x2e);
    expect(encodeQuotedPrintableInto(utf8('aä'), target, 1)).toBe(8);
    expect(text(target)).toBe('.a=C3=A4.');
  });

  test.each(['aaaaaaa', 'ä', 'aaaaa\r\n'])('refuses a buffer too small for %j', input => {
    expect(() => encodeQuotedPrintableInto(utf8(input), new Uint8Array(6), 1)).toThrow(RangeError);
  });

  test('has room for 10 MiB of what grows most', () => {
    const bytes = utf8('🚀'.repeat((10 << 20) / 4));
    // Six characters of 12 columns and a soft break make a line.
    const full = Math.floor(bytes.length / 24);
    const rest = bytes.length - 24 * full;
    expect(quotedPrintableLength(bytes)).toBe(full * 75 + rest * 3);
  }, 60_000);
});

describe('QuotedPrintableEncoder', () => {
  test('starts anew after the end', () => {
    const encoder = new QuotedPrintableEncoder();
    for (const _ of [1, 2]) {
      expect(text(encoder.push(utf8('a\r\nb ')))).toBe('a\r\n');
      expect(text(encoder.end())).toBe('b=20');
    }
  });

  test('keeps no more than a line back', () => {
    const encoder = new QuotedPrintableEncoder();
    expect(encoder.push(utf8('x'.repeat(7500))).length).toBe(99 * 78);
  });
});

describe('decodeQuotedPrintable', () => {
  test.each([
    ['lower-case digits', 'a=c3=a4', 'a\xc3\xa4'],
    ['white space behind a soft break', 'a= \t\r\nb', 'ab'],
    ['a soft break with a bare LF', 'a=\nb', 'ab'],
    ['a soft break at the end', 'a=', 'a'],
    ['a soft break and white space at the end', 'a= ', 'a'],
    ['an equals sign before anything else', 'a=b =xy =4', 'a=b =xy =4'],
    ['an equals sign before a CR', 'a=\rb', 'a=\rb'],
    ['white space before a line break', 'a \t\r\nb \nc', 'a\r\nb\nc'],
    ['white space at the end', 'a \t', 'a'],
    ['white space before a lone CR', 'a \rb', 'a \rb'],
    ['encoded white space before a line break', 'a=20\r\n=09', 'a \r\n\t'],
    ['letters beyond ASCII', 'ä', '\xc3\xa4'],
  ])('takes %s (RFC 2045 §6.7)', (_, source, expected) => {
    expect(text(decodeQuotedPrintable(source))).toBe(expected);
    expect(text(decodeQuotedPrintable(utf8(source)))).toBe(expected);
  });

  test('takes 10 MiB of equals signs, spaces and half escapes', () => {
    for (const part of ['=', '= ', '=A', ' ']) {
      const source = utf8(part.repeat((10 << 20) / part.length));
      expect(decodeQuotedPrintable(source).length).toBeLessThanOrEqual(source.length);
    }
  }, 60_000);
});
