import { describe, expect, test } from 'vitest';
import type { BodyPart } from './body-part.ts';
import { compose } from './compose.ts';
import type { MimeError } from './error.ts';
import type { Content, EncodingChoice } from './message.ts';
import { encodeBody } from './transfer-encoding.ts';

const part = (type: string, content: Content | undefined, rest: Partial<BodyPart> = {}): BodyPart => ({
  type,
  parameters: [],
  content,
  canonical: type.startsWith('text/'),
  fields: () => '',
  ...rest,
});
const latin = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0));
const octets = (...values: number[]) => Uint8Array.of(...values);

function chosen(given: BodyPart): string {
  try {
    const { encoding, domain } = encodeBody(given, 'body');
    return encoding === domain ? domain : `${encoding} ${domain}`;
  } catch (error) {
    return (error as MimeError).code;
  }
}

test.each<[string, string, Content]>([
  ['7bit', 'ASCII', 'Hello'],
  ['7bit', 'nothing', ''],
  ['7bit', 'line ends of every kind', 'a\nb\rc\r\nd'],
  ['7bit', 'a line of 997 octets', 'x'.repeat(997)],
  ['7bit', 'a line of 998 octets', `${'x'.repeat(998)}\nb`],
  ['quoted-printable 7bit', 'a line of 999 octets', 'x'.repeat(999)],
  ['quoted-printable 7bit', 'little beyond ASCII', `${'x'.repeat(60)} é`],
  ['base64 7bit', 'much beyond ASCII', '漢字'.repeat(30)],
  ['quoted-printable 7bit', 'a signature', 'Bye\n-- \nSig'],
  ['quoted-printable 7bit', 'a tab at the end of a line', 'one two three\t\nfour five six'],
  ['quoted-printable 7bit', 'a lone dot', 'one line\n.\nanother line'],
  ['quoted-printable 7bit', 'From at the start of a line', 'one line\nFrom me to you'],
  ['7bit', 'dots within lines', 'a.\n..b\n.hidden'],
  ['quoted-printable 7bit', 'a NUL', `${'x'.repeat(20)}\0`],
  ['base64 7bit', 'half a surrogate pair, made well-formed', '\ud800'],
])('text: %s for %s', (expected, _, content) => {
  expect(chosen(part('text/plain', content))).toBe(expected);
});

test.each<[string, string, string, Content, EncodingChoice]>([
  ['base64 7bit', 'octets', 'application/pdf', latin('abc'), 'auto'],
  ['base64 7bit', 'a buffer', 'application/pdf', latin('abc').buffer, 'auto'],
  ['base64 7bit', 'text on request', 'text/plain', 'abc', 'base64'],
  ['quoted-printable 7bit', 'octets on request', 'application/json', '{}', 'quoted-printable'],
  ['7bit', '7bit on request', 'application/json', '{}\r\n', '7bit'],
  ['invalid-encoding', '7bit beyond ASCII', 'text/plain', 'é', '7bit'],
  ['invalid-encoding', '7bit with a long line', 'text/plain', 'x'.repeat(999), '7bit'],
  ['invalid-encoding', '7bit with a bare LF', 'application/json', '{\n}', '7bit'],
  ['8bit', '8bit on request', 'text/plain', 'é', '8bit'],
  ['8bit', 'ASCII as 8bit', 'text/plain', 'e', '8bit'],
  ['invalid-encoding', '8bit with a NUL', 'text/plain', '\0', '8bit'],
  ['binary', 'binary on request', 'application/x', octets(0, 10, 255), 'binary'],
  ['undefined 7bit', 'no encoding, ASCII', 'application/x', 'AAAA', 'none'],
  ['undefined 8bit', 'no encoding, beyond ASCII', 'application/x', 'é', 'none'],
  ['undefined binary', 'no encoding, with NUL', 'application/x', '\0', 'none'],
  ['7bit', 'a message', 'message/rfc822', 'Subject: x\n\ny\n', 'auto'],
  ['8bit', 'a message beyond ASCII', 'message/rfc822', 'Subject: x\n\né\n', 'auto'],
  ['8bit', 'a message as 8bit', 'message/rfc822', 'Subject: x', '8bit'],
  ['invalid-encoding', 'a message with a NUL', 'message/rfc822', '\0', 'auto'],
  ['invalid-encoding', 'a message in base64', 'message/rfc822', 'Subject: x', 'base64'],
  [
    'invalid-encoding',
    'a delivery status in quoted-printable',
    'message/delivery-status',
    'x',
    'quoted-printable',
  ],
  ['7bit', 'a delivery status', 'message/delivery-status', 'Reporting-MTA: dns; x\n', 'auto'],
  ['invalid-encoding', 'a delivery status beyond ASCII', 'message/delivery-status', 'é', 'auto'],
  ['invalid-encoding', 'a part of a message beyond ASCII', 'message/partial', 'é', '8bit'],
  ['8bit', 'a global delivery status', 'message/global-delivery-status', 'é', '8bit'],
  ['base64 7bit', 'a global message in base64', 'message/global', 'Subject: é', 'base64'],
  ['base64 7bit', 'a Blob', 'text/plain', new Blob(['x']), 'auto'],
  ['8bit', 'a Blob of a message', 'message/rfc822', new Blob(['x']), 'auto'],
  ['7bit', 'a Blob as 7bit', 'text/plain', new Blob(['x']), '7bit'],
  ['quoted-printable 7bit', 'a Blob in quoted-printable', 'text/plain', new Blob(['x']), 'quoted-printable'],
  ['invalid-encoding', 'a Blob without encoding', 'text/plain', new Blob(['x']), 'none'],
  [
    'base64 7bit',
    'a composed message as a file',
    'application/octet-stream',
    compose({ from: 'a@example.org' }),
    'auto',
  ],
  ['7bit', 'a composed message', 'message/rfc822', compose({ from: 'a@example.org' }), 'auto'],
  ['invalid-encoding', 'a made-up encoding', 'text/plain', 'x', 'uuencode' as EncodingChoice],
  ['invalid-content', 'nothing at all', 'text/plain', undefined as unknown as Content, 'auto'],
])('%s for %s', (expected, _, type, content, encoding) => {
  expect(chosen(part(type, content, { encoding }))).toBe(expected);
});

describe('octets', () => {
  const written = async (content: Content, contentType: string, encoding?: EncodingChoice) => {
    const bytes = await compose({
      from: 'a@example.org',
      attachments: [{ content, contentType, encoding }],
    }).bytes();
    const text = new TextDecoder('latin1').decode(bytes);
    return text.slice(text.lastIndexOf('\r\n\r\n') + 4, text.lastIndexOf('\r\n--'));
  };

  test('keeps line ends of files and makes those of text CR LF', async () => {
    expect(await written('a\nb', 'text/x-diff')).toBe('YQpi');
    expect(await written(latin('a\r\nb'), 'text/x-diff')).toBe('a\r\nb');
    const composed = compose({ from: 'a@example.org', text: 'a\nb\rc' });
    expect(new TextDecoder().decode(await composed.bytes())).toMatch(/\r\n\r\na\r\nb\r\nc$/);
  });

  test('leaves wide charsets alone', async () => {
    const utf16 = octets(0xfe, 0xff, 0, 0x61, 0, 0x0a, 0, 0x62);
    const bytes = await compose({
      from: 'a@example.org',
      text: { content: utf16, charset: 'UTF-16' },
    }).bytes();
    expect(new TextDecoder().decode(bytes)).toMatch(/base64\r\n\r\n\/v8AYQAKAGI=$/);
  });

  test.each(['ISO-10646-UCS-2', 'ucs-4', 'utf-32be'])('leaves %s alone', async charset => {
    const bytes = await compose({
      from: 'a@example.org',
      text: { content: octets(0, 0x0a), charset },
    }).bytes();
    expect(new TextDecoder().decode(bytes)).toMatch(/base64\r\n\r\nAAo=$/);
  });

  test.each(['attachments', 'alternatives'])('refuses %s whose charset a string does not have', async key => {
    const contentType = 'text/html; charset=iso-8859-1';
    expect(() => compose({ from: 'a@example.org', [key]: [{ contentType, content: 'é' }] })).toThrow(
      expect.objectContaining({ code: 'invalid-content', field: `${key}[0]` }),
    );
  });

  test.each(['ASCII', 'iso-8859-15', 'Windows-1252', 'gbk', 'koi8-r', 'UTF8'])(
    'takes ASCII in a string as %s',
    async charset => {
      const contentType = `text/html; charset=${charset}`;
      const composed = compose({ from: 'a@example.org', alternatives: [{ contentType, content: 'a~' }] });
      expect(new TextDecoder().decode(await composed.bytes())).toMatch(
        new RegExp(`charset=${charset}\r\nContent-Transfer-Encoding: 7bit\r\n\r\na~$`),
      );
    },
  );

  test('reads a view of a larger buffer, and no more than that', async () => {
    const buffer = latin('--abc--').buffer;
    expect(await written(new DataView(buffer, 2, 3) as unknown as Uint8Array, 'a/b')).toBe('YWJj');
  });

  test('is not changed by a caller who reuses the octets of a text', async () => {
    const content = latin('a  \r\nb');
    const composed = compose({ from: 'a@example.org', text: { content, charset: 'us-ascii' } });
    content.fill(0x3d);
    expect(new TextDecoder().decode(await composed.bytes())).toMatch(/\r\n\r\na {1,2}=20\r\nb$/);
  });

  test('tells the envelope what a body needs', () => {
    const needs = (encoding: EncodingChoice) =>
      compose({ from: 'a@example.org', text: { content: 'é', encoding } }).envelope.body;
    expect([needs('auto'), needs('8bit'), needs('binary')]).toEqual([undefined, '8bit', 'binary']);
    const eml = latin('Subject: x\r\n\r\n\xe9');
    expect(
      compose({ from: 'a@example.org', attachments: [{ contentType: 'message/rfc822', content: eml }] })
        .envelope.body,
    ).toBe('8bit');
  });

  test('advises what can be done with a message that has too long a line', () => {
    const eml = `Subject: x\r\n\r\n${'x'.repeat(1200)}`;
    const attach = (contentType: string, encoding?: EncodingChoice) =>
      compose({ from: 'a@example.org', attachments: [{ contentType, encoding, content: eml }] }).envelope;
    expect(() => attach('message/rfc822')).toThrow('application/octet-stream');
    expect(attach('application/octet-stream')).not.toHaveProperty('body');
    expect(attach('message/rfc822', 'binary').body).toBe('binary');
  });

  test('declares multiparts as their children need', async () => {
    const bytes = await compose({
      from: 'a@example.org',
      text: { content: 'é', encoding: '8bit' },
      html: '<p>',
    }).bytes();
    expect(new TextDecoder().decode(bytes)).toMatch(
      /Content-Type: multipart\/alternative;[^:]*\r\nContent-Transfer-Encoding: 8bit\r\n/,
    );
  });
});
