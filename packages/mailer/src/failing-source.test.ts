import { expect, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { createMailer, type DeliveryError, MailerError, type SendOptions } from './index.ts';

async function failing(content: AsyncIterable<Uint8Array> | Blob): Promise<DeliveryError> {
  const server = await startServer();
  const mailer = createMailer({ ...local(server), retry: false });
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  const attachments = [{ filename: 'a.bin', content }];
  const sending = mailer.send({ from: 'ann@example.org', to: 'bob@example.net', text: 'Hi', attachments });
  return (await sending.catch((error: unknown) => error)) as DeliveryError;
}

test('a source that fails is told by its field and in its own words', async () => {
  const error = await failing(
    (async function* () {
      yield new Uint8Array(3);
      throw new Error(`disk on fire\r\n${'!'.repeat(1000)}`);
    })(),
  );
  expect(error.message).toMatch(
    /^The message was not sent: the source of attachments\[0\](?:\.content)? failed with "disk on fire\\r\\n!+…"\. Look at what gives its content$/,
  );
  expect(error.message.length).toBeLessThan(600);
});

test('a source that gives no octets is told what to give', async () => {
  const error = await failing(
    (async function* () {
      yield 'abc' as never;
    })(),
  );
  expect(error.message).toMatch(
    /^The message was not sent: Give chunks as Uint8Array \(attachments\[0\](?:\.content)?\)/,
  );
});

test.each<[string, SendOptions, AsyncIterable<Uint8Array>, RegExp]>([
  [
    'ready-made octets that end with an error',
    {},
    (async function* () {
      yield new Uint8Array([65, 13, 10]);
      throw new Error('disk on fire');
    })(),
    /^The message was not sent: it ended with "disk on fire"\. Look at the source of the message, or at the signal$/,
  ],
  [
    'a listener that throws',
    {
      onProgress: () => {
        throw new Error('page is gone');
      },
    },
    (async function* () {
      yield new Uint8Array([65, 13, 10]);
    })(),
    /^The message was not sent: Catch errors inside onProgress: it threw$/,
  ],
])('%s say so', async (_, options, raw, wording) => {
  const server = await startServer();
  const mailer = createMailer({ ...local(server), retry: false });
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  const envelope = { from: 'ann@example.org', to: 'bob@example.net' };
  const sending = mailer.send({ raw, envelope }, options);
  await expect(sending).rejects.toMatchObject({ message: expect.stringMatching(wording) });
  expect(server.messages).toEqual([]);
});

test('an error of the mailer says as JSON what it says', async () => {
  const error = await failing(
    (async function* () {
      yield new Uint8Array(3);
      throw new Error('disk on fire');
    })(),
  );
  const told = JSON.parse(JSON.stringify(error)) as DeliveryError;
  expect(told).toMatchObject({ name: 'DeliveryError', code: 'not-sent', message: error.message });
  expect(told.receipt.recipients).toMatchObject([{ address: 'bob@example.net', state: 'not-sent' }]);
  const plain = new MailerError('closed', 'Create a new mailer');
  expect(JSON.parse(JSON.stringify({ error: plain }))).toEqual({
    error: { name: 'MailerError', code: 'closed', message: 'Create a new mailer' },
  });
  expect(Object.keys(plain)).not.toContain('advice');
});
