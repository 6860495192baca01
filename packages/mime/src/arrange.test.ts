import { describe, expect, test } from 'vitest';
import { arrange } from './arrange.ts';
import type { BodyPart } from './body-part.ts';
import { compose } from './compose.ts';
import type { Message } from './message.ts';
import { textPart } from './part.ts';

const base: Message = { from: 'ann@example.org', to: 'bob@example.net' };
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const logo = { filename: 'logo.png', content: png, contentId: 'logo' };
const file = { filename: 'a.pdf', content: 'x' };

function shape(part: BodyPart): string {
  return part.parts ? `${part.type.slice(10)}(${part.parts.map(shape).join(',')})` : part.type;
}

const written = async (message: Message) => new TextDecoder().decode(await compose(message).bytes());

test.each<[string, Message]>([
  ['text/plain', {}],
  ['text/plain', { text: '' }],
  ['text/html', { html: '<p>' }],
  ['alternative(text/plain,text/html)', { text: 't', html: 'h' }],
  ['mixed(text/plain,application/pdf)', { text: 't', attachments: [file] }],
  ['mixed(application/pdf)', { attachments: [file] }],
  ['related(text/html,image/png)', { html: 'h', attachments: [logo] }],
  ['mixed(text/html,image/png)', { html: 'h', attachments: [{ ...logo, disposition: 'attachment' }] }],
  ['mixed(text/plain,image/png)', { text: 't', attachments: [logo] }],
  [
    'mixed(alternative(text/plain,related(text/html,image/png)),application/pdf)',
    { text: 't', html: 'h', attachments: [file, logo] },
  ],
  [
    'alternative(text/plain,text/x-amp-html,text/html,text/markdown,text/calendar)',
    {
      text: 't',
      amp: 'a',
      html: 'h',
      alternatives: [{ contentType: 'text/markdown', content: '# h' }],
      calendar: { method: 'REQUEST', content: 'BEGIN:VCALENDAR' },
    },
  ],
  [
    'mixed(alternative(text/plain,text/calendar),application/ics)',
    { text: 't', calendar: { method: 'REQUEST', content: 'B', filename: 'invite.ics' } },
  ],
  ['mixed(text/plain,application/pdf)', { body: textPart('t'), attachments: [file] }],
  ['text/plain', { body: textPart('t') }],
  ['mixed(text/html,text/csv)', { html: 'h', attachments: [textPart('a,b', 'csv')] }],
])('arranges %s', (expected, fields) => {
  expect(shape(arrange({ ...base, ...fields }))).toBe(expected);
});

describe('content types', () => {
  test.each<[string, Record<string, unknown>]>([
    ['image/png; name=x.bin', { filename: 'x.bin', content: png }],
    ['image/png', { content: png.buffer }],
    ['text/csv; charset=utf-8; name=x.csv', { filename: 'x.csv', content: 'a,b' }],
    ['text/csv; name=x.csv', { filename: 'x.csv', content: new TextEncoder().encode('a,b') }],
    ['application/octet-stream', { content: new Uint8Array(3) }],
    ['video/x-thing', { content: new Blob(['x'], { type: 'video/x-thing' }) }],
    ['text/plain; name=n.txt', { content: new File(['x'], 'n.txt') }],
    [
      'application/octet-stream; name=other.xyz',
      { filename: 'other.xyz', content: new File(['x'], 'n.txt') },
    ],
    ['text/plain; charset=iso-8859-1', { contentType: 'text/plain; charset=iso-8859-1', content: 'x' }],
    [
      'text/plain; charset=utf-8; format=flowed',
      { contentType: 'Text/Plain; Format="flowed"', content: 'x' },
    ],
    [
      'a/b; name="own name"; c="d\\e"',
      { contentType: 'a/b; name="own name"; c="d\\\\e"', filename: 'f', content: '' },
    ],
  ])('%s', (expected, attachment) => {
    const { type, parameters } = arrange({ attachments: [attachment as never] }).parts![0]!;
    const shown = parameters.map(
      ([name, value]) => `; ${name}=${/[ \\]/.test(value) ? `"${value}"` : value}`,
    );
    expect(type + shown.join('')).toBe(expected);
  });
});

describe('fields of parts', () => {
  test('says what an inline image is', async () => {
    expect(await written({ ...base, html: 'h', attachments: [{ ...logo, description: 'Über' }] })).toContain(
      [
        'Content-Type: image/png; name=logo.png',
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: inline; filename=logo.png',
        'Content-ID: <logo>',
        'Content-Description: =?utf-8?b?w5xiZXI=?=',
        '',
        'iVBORw0KGgo=',
        '',
      ].join('\r\n'),
    );
  });

  test('lets own fields of a part replace generated ones', async () => {
    const headers = {
      'Content-Disposition': 'inline; filename=x',
      'Content-ID': '<mine@x>',
      'Content-Description': 'mine',
      'X-Attachment-Id': '7',
    };
    const text = await written({ ...base, attachments: [{ ...logo, description: 'no', headers }] });
    for (const [name, value] of Object.entries(headers)) {
      expect(text.split(`${name}: `)).toHaveLength(2);
      expect(text).toContain(`${name}: ${value}\r\n`);
    }
  });

  test('writes a multipart that is written already and names its boundary', async () => {
    const content = '--b\r\n\r\nx\r\n--b--\r\n';
    const attachments = [{ contentType: 'multipart/mixed; boundary=b', content }];
    expect(await written({ ...base, text: 't', attachments })).toContain(
      'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\nContent-Disposition: attachment\r\n\r\n--b\r\n',
    );
  });

  test('writes own fields of an alternative', async () => {
    const alternatives = [{ contentType: 'text/x-web', content: 'w', headers: { 'Content-Language': 'de' } }];
    expect(await written({ ...base, alternatives })).toContain('Content-Language: de\r\n\r\nw');
  });

  test.each([
    ['octets', (octets: Uint8Array<ArrayBuffer>) => octets],
    ['a Blob', (octets: Uint8Array<ArrayBuffer>) => new Blob([octets])],
    ['a stream', (octets: Uint8Array<ArrayBuffer>) => new Blob([octets]).stream()],
  ])(
    'keeps the octets of an alternative that is no text, and makes lines of one that is: %s',
    async (_, of) => {
      const octets = Uint8Array.of(...png, 0x0a, 0x0d, 0x61);
      const formOf = (contentType: string) =>
        compose({
          ...base,
          text: 't',
          alternatives: [{ contentType, content: of(octets), encoding: 'base64' }],
        });
      const picture = formOf('image/png');
      const bytes = await picture.bytes();
      expect(new TextDecoder().decode(bytes)).toContain('\r\n\r\niVBORw0KGgoKDWE=\r\n--');
      if (!(of(octets) instanceof ReadableStream)) expect(picture.size).toBe(bytes.length);
      const wide = new TextDecoder().decode(await formOf('text/x-web; charset=utf-16').bytes());
      expect(wide).toContain('\r\n\r\niVBORw0KGgoKDWE=\r\n--');
      const text = new TextDecoder().decode(await formOf('text/x-web; charset=x').bytes());
      expect(text).toContain('\r\n\r\niVBORw0KGg0KDQoNCmE=\r\n--');
    },
  );

  test('names the type of the root of related', async () => {
    expect(await written({ ...base, html: 'h', attachments: [logo] })).toMatch(
      /Content-Type: multipart\/related; type="text\/html";\r\n boundary="=_1\.0_/,
    );
  });

  test('gives flowed lines the space that readers take away (RFC 3676 §4.4)', async () => {
    const content = ' a \n b\r\n\n  c\rd';
    expect(await written({ ...base, text: { content, flowed: true } })).toContain(
      '\r\n\r\n  a=20\r\n  b\r\n\r\n   c\r\nd',
    );
    expect(() => arrange({ html: { content, flowed: true } })).toThrow(
      expect.objectContaining({ code: 'invalid-content', field: 'html' }),
    );
  });

  test('declares flowed text and the charset of octets', async () => {
    expect(await written({ ...base, text: { content: 'a \nb', flowed: true } })).toContain(
      'text/plain; charset=utf-8; format=flowed',
    );
    const gb = Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3);
    const text = await written({ ...base, text: { content: gb, charset: 'gb2312' } });
    expect(text).toContain('Content-Type: text/plain; charset=gb2312\r\n');
    expect(text).toContain('xOO6ww==');
  });

  test('writes the method of an invitation', async () => {
    expect(
      await written({ ...base, calendar: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\nEND:VCALENDAR' } }),
    ).toMatch(
      /Content-Type: text\/calendar; charset=utf-8; method=REQUEST\r\n.*\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR$/s,
    );
  });
});
