import { expect, onTestFinished, test } from 'vitest';
import {
  local,
  nobody,
  type RecordingServer,
  type RecordingServerOptions,
  startServer,
} from '../../test/recording-server.ts';
import { createMailer } from '../index.ts';
import { memoryStore, Outbox, type OutboxOptions, type OutboxStore } from './index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

async function setUp(
  server: RecordingServerOptions = {},
  options: Partial<OutboxOptions> = {},
): Promise<{ server: RecordingServer; outbox: Outbox; store: OutboxStore }> {
  const recording = await startServer(server);
  const mailer = createMailer({ ...local(recording), retry: false });
  const store = options.store ?? memoryStore();
  onTestFinished(async () => {
    await mailer.close();
    await recording.close();
  });
  const outbox = new Outbox({ mailer, delayMs: 10, lockName: crypto.randomUUID(), ...options, store });
  return { server: recording, outbox, store };
}

test('what is added is sent in order, and forgotten once it was taken', async () => {
  const { server, outbox } = await setUp();
  for (const subject of ['one', 'two', 'three']) await outbox.add({ ...message, subject });
  expect(server.messages).toEqual([]);
  expect((await outbox.flush()).map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(server.messages.map(({ content }) => /Subject: (\w+)/.exec(content)?.[1])).toEqual([
    'one',
    'two',
    'three',
  ]);
  expect(await outbox.entries()).toEqual([]);
});

test('a message that cannot be composed is refused when it is added', async () => {
  const { outbox } = await setUp();
  await expect(outbox.add({ ...message, to: 'nobody' })).rejects.toMatchObject({ code: 'invalid-address' });
  expect(await outbox.entries()).toEqual([]);
});

test('an unreachable server leaves it queued, and a killed connection attempt does too', async () => {
  await using mailer = createMailer({ ...(await nobody()), retry: false });
  const { outbox } = await setUp({}, { mailer, delayMs: 60_000 });
  await outbox.add(message);
  expect((await outbox.flush())[0]?.state).toBe('not-sent');
  const [entry] = await outbox.entries();
  expect(entry).toMatchObject({ state: 'queued', attempts: 1, reason: expect.any(String) });
  expect(entry?.notBefore).toBeGreaterThan(Date.now());
  expect(await outbox.flush()).toEqual([]);
});

test('a sender that finds a message cut off parks it, and sends it again only when told to', async () => {
  const { server, outbox, store } = await setUp();
  const id = await outbox.add(message);
  const entry = (await store.get(id))!;
  await store.put({ ...entry, state: 'sending', attempts: 1 });
  await outbox.flush();
  await outbox.flush();
  expect(await outbox.entries()).toMatchObject([{ id, state: 'unknown' }]);
  expect(server.messages).toEqual([]);
  await outbox.retry(id);
  await outbox.flush();
  expect(server.messages).toHaveLength(1);
});

test('it is on record as sending before its content is handed out', async () => {
  const states: unknown[] = [];
  const { outbox, store } = await setUp({
    handler: {
      onData: async () => {
        states.push((await store.all())[0]?.state);
      },
      onMessage: async () => {
        states.push((await store.all())[0]?.state);
      },
    },
  });
  await outbox.add(message);
  await outbox.flush();
  expect(states).toEqual(['queued', 'sending']);
});

test('a refusal for good fails, a refusal for now of one recipient queues that one alone', async () => {
  let grey = true;
  const { server, outbox } = await setUp({
    handler: {
      onRcpt: ({ to }) => {
        if (to.startsWith('gone')) return { code: 550, text: 'No' };
        if (to.startsWith('grey') && grey) return { code: 450, text: 'Later' };
        return undefined;
      },
    },
  });
  const failed = await outbox.add({ ...message, to: 'gone@example.net' });
  await outbox.add({ ...message, to: ['bob@example.net', 'grey@example.net'] });
  await outbox.flush();
  expect(await outbox.entries()).toMatchObject([
    { id: failed, state: 'failed' },
    { state: 'queued', envelope: { to: ['grey@example.net'] } },
  ]);
  grey = false;
  const sent = async () => {
    await outbox.flush();
    return server.messages.map(({ to }) => to);
  };
  // Once its delay is over.
  await expect.poll(sent, { timeout: 30_000 }).toEqual([['bob@example.net'], ['grey@example.net']]);
  await outbox.discard(failed);
  expect(await outbox.entries()).toEqual([]);
});

test('run sends what is added and what was delayed, until aborted', async () => {
  let refusals = 1;
  const { server, outbox } = await setUp({
    handler: { onMail: () => (refusals-- > 0 ? { code: 451, text: 'Later' } : undefined) },
  });
  const controller = new AbortController();
  const running = outbox.run({ signal: controller.signal });
  await outbox.add(message);
  await expect.poll(() => server.messages.length, { timeout: 30_000 }).toBe(1);
  await outbox.add(message);
  await expect.poll(() => server.messages.length, { timeout: 30_000 }).toBe(2);
  controller.abort();
  await running;
});
