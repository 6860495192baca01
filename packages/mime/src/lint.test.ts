import { expect, test } from 'vitest';
import { inlineDataImages } from './data-image.ts';
import { lint } from './lint.ts';
import type { Message } from './message.ts';
import { textPart } from './part.ts';

const sound: Message = { from: 'Ann <ann@example.org>', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

test.each<[string, Message, string[]]>([
  ['a sound message', sound, []],
  [
    'a sound message with picture',
    {
      ...sound,
      html: `<img src='cid:a%40b'>`,
      attachments: [{ contentId: '<a@b>', content: '' }, textPart('x')],
    },
    [],
  ],
  [
    'a part tree',
    { from: 'a@example.org', to: { group: 'G', members: [] }, subject: 'x', body: textPart('x') },
    [],
  ],
  ['an invitation alone', { ...sound, text: undefined, calendar: { method: 'REQUEST', content: 'x' } }, []],
  ['no recipient', { ...sound, to: [] }, ['no-recipient to']],
  ['a Bcc alone', { ...sound, to: undefined, bcc: 'x@example.org' }, []],
  ['no subject', { ...sound, subject: ' ' }, ['no-subject subject']],
  ['HTML alone', { ...sound, text: undefined, html: '<p>x' }, ['no-text text']],
  ['nothing written', { ...sound, text: { content: new Uint8Array(0) } }, ['empty-body text']],
  [
    'a cid without a part',
    { ...sound, html: '<div style="background:url(cid:x)"> <img src="cid:%zz">' },
    ['cid-without-part html', 'cid-without-part html'],
  ],
  [
    'a part without a cid',
    { ...sound, attachments: [{ contentId: 'x', content: '' }] },
    ['part-without-cid attachments'],
  ],
  ['a turned subject', { ...sound, subject: 'abc\u202etxt.exe' }, ['bidi-control subject']],
  [
    'a turned file name',
    { ...sound, attachments: [{ filename: 'abc\u202etxt.exe', content: '' }] },
    ['bidi-control attachments[0].filename'],
  ],
  [
    'a Cyrillic letter in a Latin name',
    { ...sound, from: { name: 'Pаypal', address: 'a@example.org' } },
    ['mixed-script from'],
  ],
  ['an address alone', { ...sound, to: { address: 'bob@example.net' } }, []],
  ['names in two scripts', { ...sound, from: { name: 'Анна Smith', address: 'a@example.org' } }, []],
  ['a Greek letter in a group', { ...sound, to: [{ group: 'Teαm', members: [] }] }, ['mixed-script to']],
  [
    'a large file',
    { ...sound, attachments: [{ content: new Blob([new Uint8Array(20_000_000)]) }] },
    ['too-large attachments'],
  ],
  ['a stream, whose size nobody knows', { ...sound, attachments: [{ content: new ReadableStream() }] }, []],
])('%s', (_, message, expected) => {
  expect(lint(message).map(({ code, field }) => `${code} ${field}`)).toEqual(expected);
});

test.each<[string, object, string, string | undefined]>([
  ['two letters that changed places', { form: 'ann@example.org' }, 'form', 'from'],
  ['a letter too few', { subjct: 'Hi' }, 'subjct', 'subject'],
  ['the name of another case', { reply_to: 'ann@example.org' }, 'reply_to', 'replyTo'],
  ['the name of another library', { icalEvent: {} }, 'icalEvent', 'calendar'],
  ['a name like none', { tracking: true }, 'tracking', undefined],
  ['a name like none in its few letters', { foo: 1 }, 'foo', undefined],
  ['a name that objects have', { constructor: 1 }, 'constructor', undefined],
  ['an attachment', { attachments: [{ content: '', filname: 'a' }] }, 'attachments[0].filname', 'filename'],
  [
    'an attachment',
    { attachments: [textPart('x'), { content: '', cid: 'a' }] },
    'attachments[1].cid',
    'contentId',
  ],
  [
    'an alternative',
    { alternatives: [{ contentType: 'text/x-web', content: '', charset: 'x' }] },
    'alternatives[0].charset',
    undefined,
  ],
  ['a text', { text: { content: 'Hello', chrset: 'utf-8' } }, 'text.chrset', 'charset'],
  ['an invitation', { calendar: { method: 'REQUEST', content: 'x', file: 'a' } }, 'calendar.file', undefined],
  ['a list', { list: { unsubcribe: 'https://example.org/u' } }, 'list.unsubcribe', 'unsubscribe'],
])('warns of %s that nothing reads', (_, fields, field, near) => {
  expect(lint({ ...sound, ...fields })).toContainEqual({
    code: 'unknown-field',
    field,
    message: `Leave out what nothing reads${near === undefined ? '' : `; did you mean ${near}?`}`,
  });
});

test('has a cap of one’s own', () => {
  expect(lint(sound, { sizeCap: 3 })).toEqual([
    expect.objectContaining({ code: 'too-large', message: expect.stringContaining('3 octets') }),
  ]);
});

test('data images become parts, equal ones one part', () => {
  const gif = 'data:image/gif;base64,R0lG\nODlh';
  const random = (octets: number) => new Uint8Array(octets);
  const { html, attachments } = inlineDataImages(
    `<img src="${gif}"><img SRC = '${gif}'><img src="data:text/html;base64,AAAA">`,
    { random },
  );
  const id = `${'0'.repeat(32)}@image`;
  expect(html).toBe(`<img src="cid:${id}"><img src='cid:${id}'><img src="data:text/html;base64,AAAA">`);
  expect(attachments).toEqual([
    {
      contentType: 'image/gif',
      content: new TextEncoder().encode('GIF89a'),
      contentId: id,
      disposition: 'inline',
    },
  ]);
  expect(lint({ ...sound, html, attachments })).toEqual([]);
  const types = inlineDataImages(
    `<img src="${gif}"><img src="${gif.replace('gif', 'x-other')}">`,
  ).attachments;
  expect(types.map(({ contentType }) => contentType)).toEqual(['image/gif', 'image/x-other']);
  expect(inlineDataImages(`<img src="${gif}">`).attachments[0]?.contentId).toMatch(/^[0-9a-f]{32}@image$/);
});
