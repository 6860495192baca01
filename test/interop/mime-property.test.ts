import { compose, type Message } from '@posthaste/mime';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { parseWithPython } from '../peer/python-email/parse.ts';

const seed = 20240315;
const messages = 300;

/** Well-formed Unicode without controls, seasoned with what has broken composers before. */
const text = fc
  .oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 120 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 200 }) },
    {
      weight: 3,
      arbitrary: fc
        .array(
          fc.constantFrom(
            '=?utf-8?q?x?=',
            '=?',
            '?=',
            '"',
            '\\',
            ',',
            ';',
            ':',
            '<',
            '>',
            '@',
            '(',
            ')',
            '  ',
            ' ',
            '_',
            '=',
            '%41',
            "''",
            '語',
            '🚀',
            '👨‍👩‍👧',
            'é',
            'word',
            'x'.repeat(90),
          ),
        )
        .map(parts => parts.join('')),
    },
  )
  .map(value => value.replace(/(?!\u200d)[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, ''));
const body = fc.oneof(
  text,
  fc.array(text).map(lines => lines.join('\n')),
  fc
    .array(fc.constantFrom('.', 'From x', '-- ', '--', '\t', 'a ', '=20', '=', 'é', ''))
    .map(lines => lines.join('\n')),
);
const filename = text
  .map(value => value.replace(/[/\\]/g, '').trim() || 'file')
  .map(value => Array.from(value).slice(0, 60).join(''));
const octets = fc.uint8Array({ maxLength: 300 });

const arbitrary = fc.record({
  name: text,
  group: text.map(value => value.trim() || 'Group'),
  member: text,
  subject: text,
  header: text,
  text: body,
  html: body,
  files: fc.array(fc.record({ filename, content: octets }), { maxLength: 3 }),
});
type Given = typeof arbitrary extends fc.Arbitrary<infer T> ? T : never;

function messageOf(given: Given): Message {
  return {
    from: { name: given.name, address: 'ann@example.org' },
    to: [
      { group: given.group, members: [{ name: given.member, address: 'bob@example.net' }] },
      'carol@example.com',
    ],
    bcc: 'secret@example.com',
    subject: given.subject,
    text: given.text,
    html: given.html,
    headers: [['X-Given', given.header]],
    attachments: given.files.map(file => ({ ...file, contentType: 'application/octet-stream' })),
  };
}

const samples = fc.sample(arbitrary, { numRuns: messages, seed });
const written = await Promise.all(samples.map(given => compose(messageOf(given)).bytes()));
const asked = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'X-Given', 'MIME-Version', 'Content-Type'];
const crlf = (value: string) => value.replace(/\r\n?|\n/g, '\r\n');
/** Both parsers in JavaScript decode encoded words in a parameter, against RFC 2047 §5: such names are left to Python. */
const isLiteral = (filename: string) => !/=\?.*\?=/.test(filename);
/** Python's get_filename takes quotes and angle brackets around a decoded name off, and escapes within with them. */
const unquoted = (name: string) =>
  /^".*"$/su.test(name) && name.length > 1
    ? name.slice(1, -1).replaceAll('\\\\', '\\').replaceAll('\\"', '"')
    : name.replace(/^<(.*)>$/su, '$1');
/** Python up to 3.12 puts a space between adjacent encoded words of a phrase, against RFC 2047 §6.2. */
const squeezed = (value: string) => value.replace(/\s+/g, '').normalize('NFC');

test('no line above 998 octets, no bare CR or LF, nothing beyond ASCII', () => {
  for (const bytes of written) {
    const message = Buffer.from(bytes).toString('latin1');
    expect(message).not.toMatch(/\r(?!\n)|(?<!\r)\n|[^\r\n\t -~]/);
    for (const line of message.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
    const [header = ''] = message.split('\r\n\r\n');
    for (const line of header.split('\r\n')) {
      expect(line).not.toMatch(/^[ \t]*$/);
      if (line.includes('=?utf-8?')) expect(line.length).toBeLessThanOrEqual(76);
    }
  }
});

test(`Python reads ${messages} random messages as they were given`, async () => {
  const parsed = await parseWithPython(written);
  parsed.forEach((message, i) => {
    const given = samples[i]!;
    expect(message.names).toEqual(asked);
    expect(message.subject?.trim()).toBe(given.subject.trim());
    expect(message.From[0]?.address).toBe('ann@example.org');
    expect(squeezed(message.From[0]?.name ?? '')).toBe(squeezed(given.name));
    expect(message.To.map(({ address }) => address)).toEqual(['bob@example.net', 'carol@example.com']);
    expect(squeezed(message.To[0]?.name ?? '')).toBe(squeezed(given.member));
    const [content, ...attached] = given.files.length > 0 ? message.part.parts : [message.part];
    expect(content?.parts.map(({ text }) => text)).toEqual([crlf(given.text), crlf(given.html)]);
    expect(attached.map(({ filename, size }) => [filename, size])).toEqual(
      given.files.map(({ filename, content }) => [unquoted(filename), content.length]),
    );
  });
});

test(`postal-mime reads ${messages} random messages as they were given`, async () => {
  for (const [i, bytes] of written.entries()) {
    const given = samples[i]!;
    const parsed = await PostalMime.parse(bytes);
    expect(parsed.headers.map(({ key }) => key)).toEqual(asked.map(name => name.toLowerCase()));
    expect(parsed.subject?.trim() ?? '').toBe(given.subject.trim());
    expect(parsed.from?.name.trim()).toBe(given.name.trim());
    for (const [j, { filename, content }] of given.files.entries()) {
      expect(new Uint8Array(parsed.attachments[j]?.content as ArrayBuffer)).toEqual(content);
      if (isLiteral(filename)) expect(parsed.attachments[j]?.filename).toBe(filename);
    }
  }
});

test('mailparser reads random attachments octet for octet', async () => {
  for (const [i, bytes] of written.slice(0, 100).entries()) {
    const given = samples[i]!;
    const parsed = await simpleParser(Buffer.from(bytes), {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
      skipTextLinks: true,
    });
    given.files.forEach(({ filename, content }, j) => {
      expect([...(parsed.attachments[j]?.content ?? [])]).toEqual([...content]);
      if (isLiteral(filename)) expect(parsed.attachments[j]?.filename).toBe(filename);
    });
  }
});
