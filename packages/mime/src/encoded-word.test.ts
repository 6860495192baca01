import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../vectors/encoded-word.json' with { type: 'json' };
import decodings from '../vectors/encoded-word-decoding.json' with { type: 'json' };
import { encodeWords } from './encoded-word.ts';
import { decodeWords } from './encoded-word-decoder.ts';
import { HeaderInjectionError } from './error.ts';

test.each(vectors)('encodes $name ($source)', ({ input, options, output }) => {
  const encoded = encodeWords(input, options);
  expect(encoded).toBe(output);
  expect(decodeWords(encoded)).toBe(wellFormed(input));
});

test.each(decodings)('decodes $name ($source)', ({ input, output }) => {
  expect(decodeWords(input)).toBe(output);
});

const wellFormed = (text: string) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));

/** Text as people and as adversaries write it; controls have a test of their own. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          'a',
          ' ',
          '\t',
          '_',
          '=?',
          '?=',
          'é',
          '語',
          '🚀',
          'e\u0301',
          '👨\u200d👩\u200d👧',
          '\ud800',
        ),
      )
      .map(parts => parts.join('')),
  )
  .map(text => text.replace(/[\0-\x08\x0a-\x1f\x7f]/g, ''));

describe('encodeWords', () => {
  test('comes back as it went in, in lines of at most 76 columns', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 80 }), fc.boolean(), (text, firstColumn, phrase) => {
        const encoded = encodeWords(text, { firstColumn, phrase });
        expect(decodeWords(encoded)).toBe(wellFormed(text));
        if (encoded === text) return;
        const words = encoded.split('\r\n ');
        for (const [at, word] of words.entries()) {
          expect(word).toMatch(
            phrase
              ? /^=\?utf-8\?(?:q\?[A-Za-z0-9!*+\-/=_]+|b\?[A-Za-z0-9+/]+=*)\?=$/
              : /^=\?utf-8\?[qb]\?[!->@-~]+\?=$/,
          );
          expect(word.length).toBeLessThanOrEqual(75);
          // Below this column every first word has room for at least one character.
          if (at === 0 && firstColumn <= 52) expect(firstColumn + word.length).toBeLessThanOrEqual(76);
          if (at < words.length - 1) expect(word).not.toMatch(/\?b\?.*=\?=$/);
          expect(() => decodeFatally(word)).not.toThrow();
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['e\u0301', '🇩🇪', '👍🏽', '❤\ufe0f', '👩\u200d🚀'])(
    'cuts no %s where it can avoid it',
    cluster => {
      for (let before = 0; before < 70; before++) {
        const words = encodeWords(`${'x'.repeat(before)}é${cluster.repeat(4)}`).split('\r\n ');
        for (const word of words.slice(1))
          expect(decodeWords(word)).not.toMatch(/^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u);
      }
    },
  );

  test('cuts a grapheme that fits no word, between its characters', () => {
    const pile = `e${'\u0301'.repeat(100)}`;
    const words = encodeWords(pile).split('\r\n ');
    expect(words.length).toBeGreaterThan(3);
    expect(words.map(word => decodeWords(word)).join('')).toBe(pile);
  });

  test.each(['\r', '\n', '\0', '\x1b', '\x7f'])('refuses %j, and says where', control => {
    for (const text of [`ab${control}c`, `éé${control}`]) {
      const refused = expect(() => encodeWords(text, { field: 'subject' }));
      refused.toThrow(HeaderInjectionError);
      refused.toThrow(expect.objectContaining({ code: 'control-character', field: 'subject', position: 2 }));
    }
  });

  test('never builds CR or LF from wider characters', () => {
    expect(encodeWords('\u010d\u010a\u560d\u560a')).toBe('=?utf-8?b?xI3EiuWYjeWYig==?=');
  });

  test.each(['=?', 'e\u0301', '\u0301', 'a', ' ', '\t', 'é\t'])(
    'takes 10 MiB of %j',
    part => {
      const octets = new TextEncoder().encode(part).length;
      expect(encodeWords(part.repeat((10 << 20) / octets)).startsWith('=?utf-8?')).toBe(true);
    },
    60_000,
  );
});

function decodeFatally(word: string): string {
  const [, , encoding, payload] = word.split('?') as [string, string, string, string];
  const binary =
    encoding === 'b'
      ? atob(payload)
      : payload.replace(/=(..)/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return new TextDecoder('utf-8', { fatal: true }).decode(
    Uint8Array.from(binary, character => character.charCodeAt(0)),
  );
}
