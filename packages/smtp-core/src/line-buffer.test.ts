import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineBuffer } from './line-buffer.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (octets: Uint8Array) => new TextDecoder().decode(octets);

function lines(segments: Uint8Array[], limit: number): string[] {
  const input = new LineBuffer();
  const found: string[] = [];
  for (const segment of segments) {
    input.push(segment);
    for (let line = input.line(() => limit); line !== undefined; line = input.line(() => limit))
      found.push(typeof line === 'string' ? line : `<${decode(line)}>`);
  }
  return [...found, decode(input.pending)];
}

test('lines end with CRLF and nothing else', () => {
  expect(lines([encode('a\r\n\r\nb\nc\rd\r\ne')], 99)).toEqual(['<a>', '<>', '<b\nc\rd>', 'e']);
});

test('a line over the limit is reported once and dropped', () => {
  expect(lines([encode('123\r\n1234\r\n12345678')], 5)).toEqual(['<123>', 'too-long', 'too-long', '']);
  expect(lines([encode('12345'), encode('6789\r'), encode('\n12\r\n')], 5)).toEqual(['too-long', '<12>', '']);
});

test('any octets give the same lines however they are cut', () => {
  const octet = fc.constantFrom(0x0d, 0x0a, 0x61, 0x62);
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 60 }), fc.array(fc.nat(60)), (values, cuts) => {
      const octets = Uint8Array.from(values);
      const marks = [0, ...new Set(cuts)].sort((a, b) => a - b);
      const cut = lines(
        marks.map((mark, i) => octets.slice(mark, marks[i + 1])),
        6,
      );
      expect(cut.slice(0, -1)).toEqual(lines([octets], 6).slice(0, -1));
      expect(
        lines(
          values.map(value => Uint8Array.of(value)),
          6,
        ).slice(0, -1),
      ).toEqual(cut.slice(0, -1));
    }),
  );
});

test('what was given out stays as it is when more comes', () => {
  const input = new LineBuffer();
  for (const octet of encode('first\r\nsecond')) input.push(Uint8Array.of(octet));
  const first = input.line(() => 99) as Uint8Array;
  input.push(encode('!'.repeat(1000)));
  expect(decode(first)).toBe('first');
  const view = input.pending;
  input.skip(6);
  input.push(encode('more'));
  expect(decode(view.subarray(0, 6))).toBe('second');
  input.clear();
  input.push(encode('x\r\n'));
  expect(decode(input.line(() => 99) as Uint8Array)).toBe('x');
});

// A buffer that scanned or copied everything at each octet would not come to its end.
test('octets that dribble in', { timeout: 60_000 }, () => {
  const input = new LineBuffer();
  for (let i = 0; i < 1_000_000; i++) {
    input.push(Uint8Array.of(0x78));
    input.line(() => 1e9);
  }
  expect(input.length).toBe(1_000_000);
});
