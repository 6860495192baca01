import { applicationPart, forward, inlineDataImages, reply } from '@posthaste/mime';
import { expect, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import {
  createMail,
  createMailer,
  type EmailMessageFields,
  type MassMail,
  type MessageInput,
  memoryBackend,
} from './index.ts';
import { memoryStore, Outbox } from './outbox/index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };
const file = { filename: 'a.txt', content: 'A' };

const mistyped: [string, object, RegExp][] = [
  ['subjct', { ...message, subjct: 'Hi' }, /did you mean subject\?$/],
  ['attachment', { ...message, attachment: [file] }, /did you mean attachments\?$/],
  ['reply_to', { ...message, reply_to: 'eve@example.com' }, /did you mean replyTo\?$/],
  ['envelope', { ...message, envelope: { from: '', to: [] } }, /a message does not take "envelope"$/],
  ['type', { ...message, attachments: [file, { ...file, type: 'text/csv' }] }, /did you mean contentType\?$/],
  ['filname', { ...message, attachments: [{ ...file, filname: 'b' }] }, /did you mean filename\?$/],
  ['name', { ...message, attachments: [{ name: 'b', content: '' }] }, /did you mean filename\?$/],
  ['cid', { ...message, attachments: [{ ...file, cid: 'logo' }] }, /did you mean contentId\?$/],
  ['path', { ...message, attachments: [{ path: '/etc/hosts' }] }, /^Read the file .* yourself/],
  [
    'alternatives',
    { ...message, alternatives: [{ contentType: 'text/html', content: '', charset: 'x' }] },
    /"charset"/,
  ],
];

test.each(mistyped)('%s is refused before anything is opened, by each door', async (_, wrong, wording) => {
  const server = await startServer();
  onTestFinished(() => server.close());
  await using mailer = createMailer(local(server));
  const input = wrong as MessageInput;
  const refusal = { name: 'MailerError', code: 'unknown-option', message: expect.stringMatching(wording) };
  await expect(mailer.send(input)).rejects.toMatchObject(refusal);
  for await (const receipt of mailer.sendMany([input])) expect(receipt.error).toMatchObject(refusal);
  const outbox = new Outbox({ mailer, store: memoryStore(), lockName: crypto.randomUUID() });
  await expect(outbox.add(input)).rejects.toMatchObject(refusal);
  expect(await outbox.entries()).toEqual([]);
  expect(server.sessions).toBe(0);
});

test.each<[string, EmailMessageFields, RegExp]>([
  ['subjct', { subjct: 'Hi' } as EmailMessageFields, /did you mean subject\?$/],
  ['text', { text: 'Hello' } as EmailMessageFields, /did you mean body\?$/],
  ['from_email', { from_email: 'ann@example.org' } as EmailMessageFields, /did you mean from\?$/],
])('an EmailMessage refuses %s', async (_, fields, wording) => {
  await using mail = createMail({ mailers: { default: memoryBackend() }, defaultFrom: 'ann@example.org' });
  expect(() => new mail.EmailMessage(fields)).toThrow(wording);
  expect(() => new mail.EmailMultiAlternatives(fields)).toThrow(wording);
});

test('sendMassMail refuses fields it would lose, and sends nothing', async () => {
  const backend = memoryBackend();
  await using mail = createMail({ mailers: { default: backend }, defaultFrom: 'ann@example.org' });
  const good = { subject: 'Hi', text: 'Hello', to: ['bob@example.net'] };
  const sending = mail.sendMassMail([good, { ...good, cc: ['eve@example.com'] } as MassMail]);
  await expect(sending).rejects.toMatchObject({ code: 'unknown-option' });
  expect(backend.outbox).toEqual([]);
});

test('an EmailMultiAlternatives keeps everything that an alternative says', async () => {
  const backend = memoryBackend();
  await using mail = createMail({ mailers: { default: backend }, defaultFrom: 'ann@example.org' });
  const email = new mail.EmailMultiAlternatives({
    body: 'Hello',
    to: ['bob@example.net'],
    alternatives: [{ contentType: 'text/html', content: '<p>Hello</p>', headers: { 'X-Form': 'rich' } }],
  });
  await email.send();
  expect(new TextDecoder().decode(backend.outbox[0]!.content)).toContain('\r\nX-Form: rich\r\n');
});

test('what the composer makes is taken: parts, replies, forwards, inline images, fields that are undefined', async () => {
  const backend = memoryBackend();
  await using mailer = createMailer(backend);
  const received = { from: { address: 'bob@example.net' }, subject: 'Lunch', text: 'Noon?' };
  const inputs: MessageInput[] = [
    { ...message, cc: undefined, attachments: [applicationPart(new Uint8Array(3)), file] },
    reply(received, { from: 'ann@example.org', text: 'Yes' }),
    forward(received, new TextEncoder().encode('Subject: Lunch\r\n\r\n'), {
      from: 'ann@example.org',
      to: 'bob@example.net',
    }),
    { ...message, ...inlineDataImages('<img src="data:image/png;base64,AAAA">') },
    Object.assign(Object.create(null), message),
  ];
  for (const input of inputs) expect((await mailer.send(input)).state).toBe('accepted');
  expect(backend.outbox).toHaveLength(inputs.length);
});
