import { expect, expectTypeOf, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { MimeError } from './error-classes.ts';
import { createMailer, type Mailer, MailerError, type Message } from './index.ts';
import { fromNodemailerMessage, type NodemailerOptions, toNodemailerTransport } from './nodemailer.ts';

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

test.each([
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
