import { expect, expectTypeOf, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { MimeError } from './error-classes.ts';
import { createMailer, type Mailer, MailerError, type Message } from './index.ts';
import {
  fromNodemailerMessage,
  type NodemailerAttachment,
  type NodemailerInfo,
  type NodemailerOptions,
  toNodemailerTransport,
} from './nodemailer.ts';

async function setUp(): Promise<{ server: RecordingServer; mailer: Mailer }> {
  const server = await startServer({
    handler: { onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'No' } : undefined) },
  });
  const mailer = createMailer(local(server));
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  return { server, mailer };
}

test('a program that wants a transporter gets one that writes our octets', async () => {
  const { server, mailer } = await setUp();
  const transporter = toNodemailerTransport(mailer);
  const info = await transporter.sendMail({
    from: 'Ann <ann@example.org>',
    to: 'bob@example.net',
    subject: 'Hi',
    html: '<p>Hello</p>',
    envelope: { from: 'bounce@example.org', to: ['bob@example.net', 'desk@example.net'] },
  });
  expect(info.accepted).toEqual(['bob@example.net', 'desk@example.net']);
  expect(server.messages[0]).toMatchObject({
    from: 'bounce@example.org',
    to: ['bob@example.net', 'desk@example.net'],
  });
});

test('everyone in to, cc and bcc of an envelope is a recipient, once', async () => {
  const { server, mailer } = await setUp();
  const transporter = toNodemailerTransport(mailer);
  await transporter.sendMail({
    from: 'Ann <ann@example.org>',
    to: 'bob@example.net',
    text: 'Hello',
    envelope: {
      from: false,
      to: 'Bob <bob@example.net>, desk@example.net',
      cc: ['carla@example.net', 'bob@example.net'],
      bcc: { name: 'Dora', address: 'dora@example.net' },
    },
  });
  expect(server.messages).toMatchObject([
    { from: '', to: ['bob@example.net', 'desk@example.net', 'carla@example.net', 'dora@example.net'] },
  ]);
});

test.each<[object, string]>([
  [{ from: 'ann@example.org', to: 'bob@example.net', bbc: 'eve@example.net' }, 'unknown-option'],
  [{ to: 'bob@example.net' }, 'invalid-message'],
  [{ from: 'ann@example.org' }, 'no-recipients'],
])('the envelope %j is refused', async (envelope, code) => {
  const { server, mailer } = await setUp();
  const transporter = toNodemailerTransport(mailer);
  const options = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello', envelope };
  await expect(transporter.sendMail(options)).rejects.toMatchObject({ code });
  expect(server.messages).toEqual([]);
});

test('callbacks hear what the promises would have said', async () => {
  const { mailer } = await setUp();
  const transporter = toNodemailerTransport(mailer);
  const ended = (to: string) =>
    new Promise<[Error | null, NodemailerInfo | undefined]>(resolve => {
      const options = { from: 'ann@example.org', to, text: 'Hello' };
      const returned: unknown = transporter.sendMail(options, (...answer) => resolve(answer));
      expect(returned).toBeUndefined();
    });
  expect(await ended('bob@example.net')).toMatchObject([null, { accepted: ['bob@example.net'] }]);
  expect(await ended('gone@example.net')).toMatchObject([{ code: 'rejected' }, undefined]);
  expect(await ended('Bob <bob@example.net')).toMatchObject([{ name: 'MimeError' }, undefined]);
  const verified = new Promise(resolve => transporter.verify((...answer) => resolve(answer)));
  expect(await verified).toEqual([null, true]);
  await expect(transporter.sendMail(undefined as never)).rejects.toMatchObject({ code: 'missing-from' });
});

test.each<[string, NodemailerOptions, object]>([
  [
    'null is as good as absent',
    { cc: null, subject: null, text: null, headers: null, attachments: null },
    {},
  ],
  ['an empty html is left out', { text: 'Hello', html: '' }, { text: 'Hello' }],
  ['an empty text beside html is left out', { text: '', html: '<p>Hello' }, { html: '<p>Hello' }],
  ['an empty text alone is kept', { text: '' }, { text: '' }],
  [
    'lists in lists',
    { to: ['a@example.net', ['b@example.net']] },
    { to: [{ address: 'a@example.net' }, { address: 'b@example.net' }] },
  ],
  [
    'an attachment without a path',
    { attachments: [{ content: 'a', path: undefined } as NodemailerAttachment] },
    { attachments: [{ content: 'a' }] },
  ],
  ['one header field', { headers: { key: 'X-N', value: 'a' } }, { headers: [['X-N', 'a']] }],
  ['nobody', { cc: '' }, { cc: [] }],
  ['a number in a header', { headers: { 'X-N': 5 } }, { headers: [['X-N', '5']] }],
  ['a prepared header', { headers: { 'X-N': { prepared: true, value: 'a' } } }, { headers: [['X-N', 'a']] }],
  ['a list in a header', { headers: { 'X-N': ['a', 'b'] } }, { headers: [['X-N', ['a', 'b']]] }],
  ['no access to files and URLs', { disableFileAccess: true, disableUrlAccess: true, xMailer: false }, {}],
  [
    'an invitation without a name',
    { icalEvent: { content: 'BEGIN:VCALENDAR', filename: false } },
    { calendar: { method: 'PUBLISH', filename: 'invite.ics', content: 'BEGIN:VCALENDAR' } },
  ],
  ['text as base64', { text: { content: 'SGVsbG8=', encoding: 'base64' } }, { text: 'Hello' }],
  [
    'content as hex',
    { attachments: [{ content: '0aff', encoding: 'hex', contentTransferEncoding: 'base64' }] },
    { attachments: [{ content: new Uint8Array([10, 255]), encoding: 'base64' }] },
  ],
  [
    'content as latin1',
    { attachments: [{ content: '\u00ff', encoding: 'latin1', filename: false }] },
    { attachments: [{ content: new Uint8Array([255]) }] },
  ],
  [
    'a message id as an address',
    { inReplyTo: { address: 'one@example.org' } },
    { inReplyTo: '<one@example.org>' },
  ],
])('translates %s', (_, options, expected) => {
  const message = fromNodemailerMessage(options);
  const present = Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined));
  expect(present).toEqual(expected);
});

test.each<[string, object, RegExp]>([
  ['a stream of text', { text: new Blob(['Hello']).stream() }, /^Give text as a string; read a stream first/],
  ['HTML by path', { html: { path: '/srv/page.html' } }, /^Read the file or fetch the URL yourself/],
  [
    'an invitation by URL',
    { icalEvent: { href: 'http://127.0.0.1/' } },
    /^Read the file or fetch the URL yourself/,
  ],
  ['a date that is none', { date: 'foo' }, /^Give date as a Date or as text that Date reads, not "foo"/],
  ['attachments that are no list', { attachments: {} }, /^Give attachments as an array/],
  ['a part that is ready-made', { attachments: [{ raw: 'x' }] }, /^Compose the part yourself/],
  [
    'base64 that is none',
    { attachments: [{ content: '%', encoding: 'base64' }] },
    /^Decode the content yourself/,
  ],
  [
    'hex that is none',
    { attachments: [{ content: 'abc', encoding: 'hex' }] },
    /^Decode the content yourself/,
  ],
  ['content by path', { attachments: [{ content: { path: '/srv/a' } }] }, /^Read the file or fetch/],
  ['a date in a header', { headers: { 'X-D': new Date(0) } }, /^Give the header field "X-D" as a string/],
  ['a field for the program', { xMailer: 'Mine' }, /^Set xMailer to one of false/],
])('%s is refused in words', (_, options, wording) => {
  const translate = () => fromNodemailerMessage({ from: 'ann@example.org', ...options } as NodemailerOptions);
  expect(translate).toThrow(MailerError);
  expect(translate).toThrow(wording);
});

test.each([
  ['attachDataUrls', true, /inlineDataImages/],
  ['textEncoding', 'base64', /text: \{ content, encoding \}/],
  ['encoding', 'utf-8', /text: \{ content, encoding \}/],
  ['dsn', {}, /second argument/],
  ['watchHtml', 'x', /text\/watch-html/],
  ['dkim', {}, /fromNodemailerDkim\(dkim\)/],
  ['list', { unsubscribe: 'leave@example.org' }, /list as our own message has it/],
  ['envelope', {}, /second argument/],
  ['raw', 'Subject: Hi', /\{ raw, envelope \}/],
])('fromNodemailerMessage says where %s goes', (name, value, wording) => {
  const translate = () => fromNodemailerMessage({ text: 'Hello', [name]: value } as NodemailerOptions);
  expect(translate).toThrow(MailerError);
  expect(translate).toThrow(wording);
});

test('translates message options', async () => {
  const message = fromNodemailerMessage({
    from: { name: 'Ann', address: 'ann@example.org' },
    to: 'Bob <bob@example.net>, "Smith, Carla" <carla@example.net>',
    cc: ['dora@example.net', { name: 'Eve', address: 'eve@example.net' }],
    inReplyTo: 'one@example.org',
    references: '<zero@example.org> one@example.org',
    subject: 'Hi',
    text: { content: 'Hello' },
    html: new TextEncoder().encode('<p>Hello</p>'),
    messageId: 'two@example.org',
    date: '2026-01-02T03:04:05Z',
    priority: 'high',
    headers: [{ key: 'X-One', value: '1' }],
    icalEvent: { method: 'request', content: 'BEGIN:VCALENDAR' },
    alternatives: [{ contentType: 'text/x-web', content: 'web' }],
    attachments: [
      { filename: 'a.txt', content: 'YWJj', encoding: 'base64' },
      { filename: 'b.png', content: new Uint8Array([1]), cid: 'b', contentDisposition: 'inline' },
    ],
  });
  expect(message).toMatchObject({
    from: [{ name: 'Ann', address: 'ann@example.org' }],
    to: [
      { name: 'Bob', address: 'bob@example.net' },
      { name: 'Smith, Carla', address: 'carla@example.net' },
    ],
    cc: [{ address: 'dora@example.net' }, { name: 'Eve', address: 'eve@example.net' }],
    inReplyTo: '<one@example.org>',
    references: ['<zero@example.org>', '<one@example.org>'],
    text: 'Hello',
    html: '<p>Hello</p>',
    messageId: '<two@example.org>',
    priority: 'high',
    calendar: { method: 'REQUEST' },
    attachments: [
      { filename: 'a.txt', content: new TextEncoder().encode('abc') },
      { filename: 'b.png', contentId: 'b', disposition: 'inline' },
    ],
  });
  const { mailer, server } = await setUp();
  await mailer.send(message);
  expect(server.messages[0]?.content).toContain('X-One: 1');
  expectTypeOf(fromNodemailerMessage).returns.toEqualTypeOf<Message>();
});

test.each<[string, object, new (...arguments_: never[]) => Error]>([
  ['an attachment by path', { attachments: [{ path: '/etc/passwd' }] }, MailerError],
  ['an attachment by URL', { attachments: [{ href: 'http://127.0.0.1/' }] }, MailerError],
  ['an option without a counterpart', { dkim: {} }, MailerError],
  ['an unknown encoding', { attachments: [{ content: 'x', encoding: 'utf16le' }] }, MailerError],
  ['an address without an address', { to: { name: 'Ann' } }, MailerError],
  ['an address list that cannot be read', { to: 'Ann <ann@example.org' }, MimeError],
])('%s is refused', (_, options, type) => {
  expect(() => fromNodemailerMessage(options as NodemailerOptions)).toThrow(type);
});
