import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import {
  createMailer,
  type Mailer,
  type MessageInput,
  type Receipt,
  type SendOptions,
  SmtpConnection,
} from './index.ts';
import { memoryStore, Outbox } from './outbox/index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

async function setUp(): Promise<{ server: RecordingServer; mailer: Mailer }> {
  const server = await startServer();
  const mailer = createMailer(local(server));
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  return { server, mailer };
}

const wrong: [string, object, string][] = [
  [
    'an unknown occasion',
    { dsn: { notify: ['failure'] } },
    "Set dsn.notify to one of 'NEVER', 'SUCCESS', 'FAILURE'",
  ],
  ['NEVER and more', { dsn: { notify: ['NEVER', 'DELAY'] } }, "Set dsn.notify to ['NEVER'] alone"],
  ['an occasion alone', { dsn: { notify: 'DELAY' } }, 'Set dsn.notify to an array'],
  ['a name in dsn', { dsn: { notfy: ['DELAY'] } }, 'did you mean notify?'],
  ['what to return', { dsn: { ret: 'full' } }, "Set dsn.ret to one of 'FULL', 'HDRS'"],
  ['an envelope id', { dsn: { envid: 'ü' } }, 'Set dsn.envid'],
  ['a priority', { priority: 99 }, 'Set priority to a whole number from -9 to 9'],
  ['a pause in words', { holdFor: 'tomorrow' }, 'Set holdFor to a whole number'],
  ['a moment in words', { holdUntil: 'tomorrow' }, 'Set holdUntil to a date and time'],
  ['two pauses', { holdFor: 5, holdUntil: '2030-01-31T08:00:00Z' }, 'Set holdFor or holdUntil, not both'],
  ['a deadline', { deliverBy: 'soon' }, 'Set deliverBy to seconds and a mode'],
  ['a flag', { requireTls: 'yes' }, 'Set requireTls to one of true, false'],
  ['a listener', { onProgress: 5 }, 'Set onProgress to a function'],
  ['a size', { envelope: { from: '', to: 'bob@example.net', size: -1 } }, 'Set envelope.size'],
  ['a body', { envelope: { from: '', to: 'bob@example.net', body: '8BITMIME' } }, 'Set envelope.body'],
];

test.each(wrong)('%s is refused before anything is opened', async (_, options, wording) => {
  const { server, mailer } = await setUp();
  const refusal = { name: 'MailerError', message: expect.stringContaining(wording) };
  await expect(mailer.send(message, options as SendOptions)).rejects.toMatchObject(refusal);
  const outbox = new Outbox({ mailer, store: memoryStore(), lockName: crypto.randomUUID() });
  await expect(outbox.add(message, options as SendOptions)).rejects.toMatchObject(refusal);
  expect(server.sessions).toBe(0);
});

test('SmtpConnection refuses them too, and options of its own that nobody knows', async () => {
  const { server } = await setUp();
  await using smtp = await SmtpConnection.open({ ...local(server), signal: undefined });
  await expect(smtp.sendMessage(message, { priority: 99 })).rejects.toMatchObject({ code: 'invalid-option' });
  const opening = { ...local(server), timeout: 5 } as Parameters<typeof SmtpConnection.open>[0];
  await expect(SmtpConnection.open(opening)).rejects.toMatchObject({
    code: 'unknown-option',
    advice: 'did you mean timeouts?',
  });
  await expect(SmtpConnection.open({} as never)).rejects.toMatchObject({
    message: 'Set hostname to the name or address of the mail server alone, not "undefined"',
  });
  await expect(SmtpConnection.open({ hostname: 'smtps://ann:s3cr3t@x.example' })).rejects.toMatchObject({
    code: 'invalid-option',
    message: expect.not.stringContaining('s3cr3t'),
  });
});

test('a receipt of sendMany says which message it is about', async () => {
  const { mailer } = await setUp();
  const receipts: Receipt[] = [];
  for await (const receipt of mailer.sendMany([message, { ...message, to: 'Bob <' }, message])) {
    receipts.push(receipt);
  }
  expect(receipts).toMatchObject([
    { index: 0, state: 'accepted' },
    { index: 1, state: 'not-sent', recipients: [], error: { name: 'MimeError' } },
    { index: 2, state: 'accepted' },
  ]);
});

test.each([[message], ['Hello'], [undefined], [null]])(
  'sendMany refuses %j in place of messages',
  async messages => {
    const { mailer } = await setUp();
    await expect(mailer.sendMany(messages as never).next()).rejects.toMatchObject({
      code: 'invalid-message',
      message: expect.stringMatching(/^Pass sendMany an array .* send takes one message$/),
    });
  },
);

test.each<[object, RegExp]>([
  [{ attachments: null }, /^Give attachments as an array, not "null"$/],
  [{ attachments: {} }, /^Give attachments as an array, not "an object"$/],
  [{ alternatives: 'x' }, /^Give alternatives as an array, not "x"$/],
  [{ html: '' }, /^Leave html out: it is empty/],
])('send refuses %j', async (fields, wording) => {
  const { mailer } = await setUp();
  await expect(mailer.send({ ...message, ...fields } as MessageInput)).rejects.toMatchObject({
    code: 'invalid-message',
    message: expect.stringMatching(wording),
  });
  expect((await mailer.send({ ...message, text: '' })).state).toBe('accepted');
});

test.each<[object, RegExp, RegExp]>([
  [{ text: '', html: '' }, /^Content-Type: text\/plain/m, /multipart|text\/html/],
  [{ text: '', html: '<p>Hello' }, /^Content-Type: text\/html[\s\S]*<p>Hello/m, /multipart|text\/plain/],
])('of %j only the body that says something is sent', async (fields, there, absent) => {
  const { server, mailer } = await setUp();
  await mailer.send(Object.create({ ...message, ...fields }));
  await mailer.send({ ...message, ...fields });
  expect(server.messages).toHaveLength(2);
  for (const { content } of server.messages) {
    expect(content).toMatch(there);
    expect(content).not.toMatch(absent);
  }
});
