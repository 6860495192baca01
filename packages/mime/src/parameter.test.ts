import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../vectors/parameter.json' with { type: 'json' };
import decodings from '../vectors/parameter-decoding.json' with { type: 'json' };
import { encodeParameter } from './parameter.ts';
import { decodeParameters, parseParameters } from './parameter-decoder.ts';

test.each(vectors)('encodes $name ($source)', ({ parameter, value, fallback, pieces }) => {
  expect(encodeParameter(parameter, value, { fallback })).toEqual(pieces);
  expect(parseParameters(`x; ${pieces.join('; ')}`).parameters).toEqual(new Map([[parameter, value]]));
});

test.each(decodings)('decodes $name ($source)', ({ input, value, parameters }) => {
  expect(parseParameters(input)).toEqual({ value, parameters: new Map(parameters as [string, string][]) });
});

describe('encodeParameter', () => {
  test('comes back as it went in, in pieces of at most 76 columns', () => {
    const values = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc
        .array(fc.constantFrom('a', ' ', '"', '\\', ';', '%', "'", '*', '%41', '=?', '語', '🚀'))
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(values, fc.boolean(), (raw, fallback) => {
        const value = raw.replace(/[\0-\x1f\x7f]/g, '');
        const pieces = encodeParameter('filename', value, { fallback });
        for (const piece of pieces) {
          expect(piece).toMatch(/^filename(?:\*\d+)?\*?=(?:"[^"\\]*"|[!-~]+)$/);
          expect(piece.length).toBeLessThanOrEqual(76);
        }
        expect(parseParameters(`attachment;\r\n ${pieces.join(';\r\n ')}`).parameters.get('filename')).toBe(
          value,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('carries 300 ASCII characters in at most ten segments', () => {
    expect(encodeParameter('filename', `${'x'.repeat(296)}.pdf`).length).toBeLessThanOrEqual(10);
  });

  test.each([
    ['keeps the extension of a long name', `${'é'.repeat(100)}.tar.gz`, `filename="${'e'.repeat(62)}.gz"`],
    ['keeps no extension that is a name', `é.${'x'.repeat(100)}`, `filename="e.${'x'.repeat(63)}"`],
    ['has no encoded word', '=?é', 'filename="=_e"'],
    ['has one character for each', '語🚀"\\%', 'filename="_____"'],
    ['is no path', '‥／‥／x', 'filename=".._.._x"'],
    ['is no folder', '‥', 'filename="_"'],
    ['is never empty', '\u0301', 'filename="_"'],
    ['makes lone surrogates well-formed', '\ud800', 'filename="_"'],
  ])('an approximation %s', (_, value, piece) => {
    expect(encodeParameter('filename', value, { fallback: true }).at(-1)).toBe(piece);
  });

  test('keeps a boundary of 70 characters in one piece, for readers that know no RFC 2231', () => {
    const boundary = `a b${'='.repeat(67)}`;
    expect(encodeParameter('boundary', boundary)).toEqual([`boundary="${boundary}"`]);
  });

  test.each(['\r\n', '\0', '\x7f', '\t'])('refuses %j in a value, and says where', control => {
    expect(() => encodeParameter('filename', `ab${control}`)).toThrow(
      expect.objectContaining({ code: 'control-character', field: 'filename', position: 2 }),
    );
  });

  test.each(['', 'a b', 'a=b', 'é', 'a;b', '"a"', 'filename*', "a'b", 'a%41'])(
    'refuses %j as a name',
    name => {
      expect(() => encodeParameter(name, 'x')).toThrow(
        expect.objectContaining({ code: 'invalid-parameter' }),
      );
    },
  );
});

test('decodeParameters takes parameters in any order', () => {
  const pairs: [string, string][] = [
    ['Name*1', ' two'],
    ['NAME*0*', "utf-8''one%C3%A9"],
    ['other', 'x'],
  ];
  expect(decodeParameters(pairs)).toEqual(
    new Map([
      ['other', 'x'],
      ['name', 'oneé two'],
    ]),
  );
});
