import { describe, expect, test } from 'vitest';
import { formatChunk } from './chunk-data.ts';
import { CommandParser, parseCommand } from './command.ts';
import { parseParameters } from './esmtp-parameter.ts';

const encode = (text: string) => new TextEncoder().encode(text);

test.each([
  ['NOOP', { verb: 'NOOP', argument: '' }],
  ['mail FROM:<>', { verb: 'MAIL', argument: 'FROM:<>' }],
  ['NOOP  x ', { verb: 'NOOP', argument: ' x' }],
  ['QUIT \t', { verb: 'QUIT', argument: '' }],
  ['X-FOO ö', { verb: 'X-FOO', argument: 'ö' }],
])('%j', (line, command) => {
  expect(parseCommand(encode(line))).toEqual(command);
});

test.each(['', ' ', ' NOOP', '1', 'NO\0OP', 'NOOP\n', 'NOOP\r', 'NOOP x\x7f', 'ÖP', 'NOOP:'])(
  '%j is none',
  line => {
    expect(parseCommand(encode(line))).toBe('malformed');
  },
);

test('octets that are not UTF-8 are none', () => {
  expect(parseCommand(Uint8Array.of(0x4e, 0x20, 0xff))).toBe('malformed');
});

test('an AUTH line may have 12288 octets whatever the limit of others', () => {
  const next = (line: string) => {
    const parser = new CommandParser(512);
    parser.push(encode(line));
    return parser.next();
  };
  expect(next(`NOOP ${'x'.repeat(505)}\r\n`)).toMatchObject({ verb: 'NOOP' });
  expect(next(`NOOP ${'x'.repeat(506)}\r\n`)).toBe('too-long');
  expect(next(`NOOP ${'x'.repeat(506)}`)).toBe('too-long');
  expect(next(`NOOP ${'x'.repeat(505)}`)).toBeUndefined();
  expect(next(`auth PLAIN ${'A'.repeat(12_275)}\r\n`)).toMatchObject({ verb: 'AUTH' });
  expect(next(`auth PLAIN ${'A'.repeat(12_276)}\r\n`)).toBe('too-long');
});

describe('parameters', () => {
  test.each([
    ['', []],
    [' SIZE=1', [['SIZE', '1']]],
    [
      ' size=1  SMTPUTF8',
      [
        ['SIZE', '1'],
        ['SMTPUTF8', ''],
      ],
    ],
    [' A-B=ö', [['A-B', 'ö']]],
  ])('%j', (text, entries) => {
    expect([...parseParameters(text)!]).toEqual(entries);
  });

  test.each(['SIZE=1', ' =1', ' A=', ' A=b=c', ' A A', ' a=1 A=2', ' -A', ' A=\x7f', ' A\tB'])(
    '%j is malformed',
    text => {
      expect(parseParameters(text)).toBeUndefined();
    },
  );
});

test('a chunk is its command line and its octets', () => {
  expect(formatChunk(encode('hi\n.'), false)).toEqual(encode('BDAT 4\r\nhi\n.'));
  expect(formatChunk(encode(''), true)).toEqual(encode('BDAT 0 LAST\r\n'));
});
