import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../vectors/base64.json' with { type: 'json' };
import { base64Length, encodeBase64, encodeBase64Into } from './base64.ts';
import { decodeBase64 } from './base64-decoder.ts';
import { Base64Encoder } from './base64-encoder.ts';
import { encodeBase64Url } from './base64-url.ts';

const octets = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

function encodeChunks(chunks: readonly Uint8Array[], lineLength: number): string {
  const encoder = new Base64Encoder(lineLength);
  return chunks.map(chunk => text(encoder.push(chunk))).join('') + text(encoder.end());
}

describe.each(vectors)('$name ($source)', ({ hex, lineLength, text: expected }) => {
  const bytes = octets(hex);

  test('encodes whole', () => {
    expect(text(encodeBase64(bytes, { lineLength }))).toBe(expected);
    expect(base64Length(bytes.length, lineLength)).toBe(expected.length);
  });

  test('encodes octet by octet and at every two-way split', () => {
    expect(
      encodeChunks(
        Array.from(bytes, octet => Uint8Array.of(octet)),
        lineLength,
      ),
    ).toBe(expected);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(encodeChunks([bytes.subarray(0, cut), bytes.subarray(cut)], lineLength)).toBe(expected);
    }
  });

  test('decodes, with and without padding', () => {
    expect(decodeBase64(expected)).toEqual(bytes);
    expect(decodeBase64(expected.replace(/=/g, ''))).toEqual(bytes);
  });
});

describe('encodeBase64', () => {
  test('is one line unless a length is given', () => {
    expect(text(encodeBase64(new Uint8Array(999)))).toBe('A'.repeat(1332));
  });

  test('writes between the octets around it and tells where it ended', () => {
    const target = new Uint8Array(10).fill(0x2e);
    expect(encodeBase64Into(octets('666f6f62'), target, 1)).toBe(9);
    expect(text(target)).toBe('.Zm9vYg==.');
  });

  test('reads and writes views in the middle of their buffers', () => {
    const source = octets('0000666f6f00').subarray(2, 5);
    const target = new Uint8Array(9).subarray(3);
    encodeBase64Into(source, target, 1);
    expect(text(new Uint8Array(target.buffer))).toBe('\0\0\0\0Zm9v\0');
  });

  test('refuses a buffer that is too small before it writes', () => {
    const target = new Uint8Array(8);
    expect(() => encodeBase64Into(octets('666f6f62'), target, 1)).toThrow(RangeError);
    expect(target).toEqual(new Uint8Array(8));
  });

  test.each([-4, 2, 75, 1000, Number.NaN])('refuses lines of %d characters', lineLength => {
    expect(() => encodeBase64(new Uint8Array(3), { lineLength })).toThrow(RangeError);
    expect(() => new Base64Encoder(lineLength)).toThrow(RangeError);
  });

  test('has lines of 76 characters and no line break at the end, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        const lines = text(encodeBase64(bytes, { lineLength: 76 })).split('\r\n');
        expect(lines.slice(0, -1).every(line => line.length === 76)).toBe(true);
        expect(lines.at(-1)!.length === 0).toBe(bytes.length === 0);
        expect(decodeBase64(lines.join('\r\n'))).toEqual(bytes);
      }),
    );
  });
});

describe('Base64Encoder', () => {
  test('gives what the whole gives, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 150 })),
        fc.constantFrom(0, 4, 76),
        (chunks, lineLength) => {
          const whole = Uint8Array.from(chunks.flatMap(chunk => [...chunk]));
          expect(encodeChunks(chunks, lineLength)).toBe(text(encodeBase64(whole, { lineLength })));
        },
      ),
    );
  });

  test('starts anew after the end', () => {
    const encoder = new Base64Encoder();
    for (const _ of [1, 2]) {
      expect(text(encoder.push(new Uint8Array(57)))).toBe('A'.repeat(76));
      expect(text(encoder.push(Uint8Array.of(0)))).toBe('');
      expect(text(encoder.end())).toBe('\r\nAA==');
    }
  });
});

describe('decodeBase64', () => {
  test.each([
    ['line breaks, spaces and stray characters', ' Zm\r\n9v!\u00e9\u8a9e Yg= = ', 'foob'],
    ['the alphabet of URLs', '-_-_', '\xfb\xff\xbf'],
    ['padding in the middle', 'Zg==Zm8=Zm9v', 'ffofoo'],
    ['a single character that holds no octet', 'Zm9vZ', 'foo'],
    ['padding alone', '====', ''],
  ])('skips %s (RFC 2045 §6.8)', (_, source, expected) => {
    expect(text(decodeBase64(source))).toBe(expected);
    expect(text(decodeBase64(new TextEncoder().encode(source)))).toBe(expected);
  });

  test('takes 10 MiB of nothing but padding', () => {
    expect(decodeBase64(new Uint8Array(10 << 20).fill(0x3d))).toEqual(new Uint8Array(0));
  }, 60_000);
});

test('encodeBase64Url has its own alphabet and no padding (RFC 4648 §5)', () => {
  expect(encodeBase64Url(octets('fbff'))).toBe('-_8');
  expect(encodeBase64Url(octets('fbffbf'))).toBe('-_-_');
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      const encoded = encodeBase64Url(bytes);
      expect(encoded).toMatch(/^[A-Za-z0-9_-]*$/);
      expect(decodeBase64(encoded)).toEqual(bytes);
    }),
  );
});
