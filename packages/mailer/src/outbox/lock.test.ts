import { expect, test } from 'vitest';
import { local, startServer } from '../../test/recording-server.ts';
import { createMailer } from '../index.ts';
import { memoryStore, Outbox } from './index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

test('two senders on one store send each message once', async () => {
  await using server = await startServer();
  await using mailer = createMailer({ ...local(server), retry: false });
  const options = { mailer, store: memoryStore(), lockName: crypto.randomUUID() };
  const [one, other] = [new Outbox(options), new Outbox(options)];
  for (let i = 0; i < 20; i++) await one.add(message);
  await Promise.all([one.flush(), other.flush(), one.flush()]);
  expect(server.messages).toHaveLength(20);
});
