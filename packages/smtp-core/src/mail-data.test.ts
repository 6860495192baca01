import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DotUnstuffer } from './dot-unstuffer.ts';
import { DotStuffer, LineNormaliser } from './mail-data.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (octets: Uint8Array) => new TextDecoder('latin1').decode(octets);
const join = (parts: Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]));

/** What the line rules say, written the other way: on text, with expressions. */
const normalise = (text: string) => text.replace(/\r\n|\r|\n/g, '\r\n');
const stuff = (text: string) => {
  const lines = normalise(text);
  return `${(lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`).replace(/^\./gm, '..')}.\r\n`;
};

/** A chunk of the four octets that matter, and chunks of chunks. */
const octets = fc
  .array(fc.constantFrom(0x0d, 0x0a, 0x2e, 0x61), { maxLength: 12 })
  .map(values => Uint8Array.from(values));
const chunks = fc.array(octets, { maxLength: 8 });

describe('stuffing', () => {
  test.each([
    ['', '.\r\n'],
    ['a', 'a\r\n.\r\n'],
    ['a\r\n', 'a\r\n.\r\n'],
    ['.', '..\r\n.\r\n'],
    ['.\r\n.', '..\r\n..\r\n.\r\n'],
    ['a\n.b', 'a\r\n..b\r\n.\r\n'],
    ['a\r.b', 'a\r\n..b\r\n.\r\n'],
    ['a\r', 'a\r\n.\r\n'],
    ['\r\r\n\n', '\r\n\r\n\r\n.\r\n'],
    ['a.b\r\nc.', 'a.b\r\nc.\r\n.\r\n'],
  ])('%j', (text, expected) => {
    const whole = new DotStuffer();
    expect(decode(whole.push(encode(text))) + decode(whole.end())).toBe(expected);
    for (let at = 0; at <= text.length; at++) {
      const split = new DotStuffer();
      const parts = [split.push(encode(text.slice(0, at))), split.push(encode(text.slice(at))), split.end()];
      expect(decode(join(parts))).toBe(expected);
    }
  });

  test('wherever a chunk lies in its buffer, whatever octets it has, and however long its lines', () => {
    const any = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(0x0d, 0x0a, 0x2e) },
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 255 }) },
    );
    const content = fc.array(any, { maxLength: 40 });
    fc.assert(
      fc.property(content, fc.nat(7), fc.nat(3), (values, before, behind) => {
        // What lies around the chunk must not be taken for a part of it.
        const buffer = new Uint8Array(before + values.length + behind).fill(0x0a);
        buffer.set(values, before);
        const dots = new DotStuffer();
        const chunk = buffer.subarray(before, before + values.length);
        const expected = stuff(String.fromCharCode(...values));
        expect(join([dots.push(chunk), dots.end()])).toEqual(
          Uint8Array.from(expected, character => character.charCodeAt(0)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('clean content is passed on, not copied', () => {
    const chunk = encode('a\r\nb\r\n');
    expect(new DotStuffer().push(chunk)).toBe(chunk);
  });

  test.each(['a\n', 'a\rb', '\n', 'a\r'])('strict refuses %j', text => {
    const dots = new DotStuffer({ lineEndings: 'strict' });
    expect(() => {
      dots.push(encode(text));
      dots.end();
    }).toThrow(TypeError);
  });

  test('strict passes CRLF across chunks', () => {
    const dots = new DotStuffer({ lineEndings: 'strict' });
    expect(decode(join([dots.push(encode('a\r')), dots.push(encode('\n.')), dots.end()]))).toBe(
      'a\r\n..\r\n.\r\n',
    );
  });

  test('any content in any chunks is as the rule on text says', () => {
    fc.assert(
      fc.property(chunks, parts => {
        const text = decode(join(parts));
        const dots = new DotStuffer();
        const lines = new LineNormaliser();
        expect(decode(join([...parts.map(part => dots.push(part)), dots.end()]))).toBe(stuff(text));
        expect(decode(join([...parts.map(part => lines.push(part)), lines.end()]))).toBe(normalise(text));
      }),
      { numRuns: 2000 },
    );
  });

  // A pass that looks ahead over the whole chunk at each octet would not come to its end.
  test.each(['\r', '\n', '.\r', '\n.', '.'])('a megabyte of %j', { timeout: 60_000 }, text => {
    const chunk = encode(text.repeat((1 << 20) / text.length));
    expect(new DotStuffer().push(chunk).length).toBeGreaterThanOrEqual(chunk.length);
    expect(new DotUnstuffer().push(chunk).content.length).toBeLessThanOrEqual(chunk.length);
  });
});

describe('unstuffing', () => {
  test.each([
    ['.\r\n', '', 3],
    ['a\r\n.\r\nQUIT\r\n', 'a\r\n', 6],
    ['..\r\n.\r\n', '.\r\n', 7],
    ['.a\r\n.\r\n', 'a\r\n', 7],
    ['a.\r\n.\r\n', 'a.\r\n', 7],
    ['a\n.\r\n', 'a\n.\r\n', undefined],
    ['a\n.\n', 'a\n.\n', undefined],
    ['a\r.\r\n', 'a\r.\r\n', undefined],
    ['\r\n.\n', '\r\n\n', undefined],
    ['\r\n.\rx', '\r\n\rx', undefined],
    ['\r\n.\r', '\r\n', undefined],
    ['\r\n.\r\r\n', '\r\n\r\r\n', undefined],
    ['\r\r\n.\r\n', '\r\r\n', 6],
  ])('%j', (stream, content, end) => {
    expect(new DotUnstuffer().push(encode(stream))).toEqual({
      content: encode(content),
      ...(end && { end }),
    });
    for (let at = 0; at <= stream.length; at++) {
      const split = new DotUnstuffer();
      const first = split.push(encode(stream.slice(0, at)));
      if (first.end !== undefined) {
        expect([decode(first.content), first.end]).toEqual([content, end]);
        continue;
      }
      const second = split.push(encode(stream.slice(at)));
      expect(decode(first.content) + decode(second.content)).toBe(content);
      expect(second.end).toBe(end && end - at);
    }
  });

  test.each([
    ['a\r\n.\r\n', false, false],
    ['a\n\r\n.\r\n', false, true],
    ['a\rb\r\n.\r\n', true, false],
    ['a\r\r\n.\r\n', true, false],
    ['.\rb\r\n.\r\n', true, false],
    ['.\nb\r\n.\r\n', false, true],
  ])('%j: bare CR %s, bare LF %s', (stream, bareCr, bareLf) => {
    const data = new DotUnstuffer();
    for (const octet of encode(stream)) data.push(Uint8Array.of(octet));
    expect([data.bareCr, data.bareLf]).toEqual([bareCr, bareLf]);
  });

  test('clean content is passed on, not copied', () => {
    const chunk = encode('a\r\nb');
    expect(new DotUnstuffer().push(chunk).content.buffer).toBe(chunk.buffer);
  });

  test('undoes stuffing under any chunking on both sides, and finds its end', () => {
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(120)), (parts, cuts) => {
        const dots = new DotStuffer();
        const stream = join([...parts.map(part => dots.push(part)), dots.end()]);
        const data = new DotUnstuffer();
        let content = '';
        let end: number | undefined;
        const marks = [...new Set([0, ...cuts.filter(cut => cut < stream.length)])].sort((a, b) => a - b);
        for (const [i, mark] of marks.entries()) {
          const piece = data.push(stream.slice(mark, marks[i + 1] ?? stream.length));
          content += decode(piece.content);
          end = piece.end === undefined ? undefined : mark + piece.end;
        }
        const text = normalise(decode(join(parts)));
        expect(content).toBe(text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`);
        expect(end).toBe(stream.length);
        expect([data.bareCr, data.bareLf]).toEqual([false, false]);
      }),
      { numRuns: 2000 },
    );
  });
});
