import { createReadStream, type ReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createMailer, type MessageInput, type SendOptions } from './index.ts';
import { memoryStore, Outbox } from './outbox/index.ts';
import { outliveFailures } from './source-failure.ts';

const from = 'ann@example.org';
const nonsense = { nonsense: 1 } as SendOptions;

function missing(): ReadStream {
  return createReadStream(fileURLToPath(new URL('missing.bin', import.meta.url)));
}

function closing(source: ReadStream): Promise<void> {
  return new Promise(resolve => source.on('close', () => resolve()));
}

function withAttachment(content: ReadStream): MessageInput {
  return { from, to: 'bob@example.net', text: 'Hello', attachments: [{ filename: 'a.bin', content }] };
}

const mailer = createMailer({ backend: 'memory' });
const closed = createMailer({ backend: 'memory' });
await closed.close();

test.each<[string, (source: ReadStream) => Promise<unknown>, string]>([
  ['options that nobody knows', source => mailer.send(withAttachment(source), nonsense), 'unknown-option'],
  ['a mailer that is closed', source => closed.send(withAttachment(source)), 'closed'],
  [
    'a ready-made message',
    source => mailer.send({ raw: source, envelope: { from, to: from } }, nonsense),
    'unknown-option',
  ],
  [
    'an outbox',
    source => new Outbox({ mailer, store: memoryStore() }).add(withAttachment(source), nonsense),
    'unknown-option',
  ],
])('a file that is missing ends no process: %s', async (_, send, code) => {
  const source = missing();
  const gone = closing(source);
  await expect(send(source)).rejects.toMatchObject({ code });
  expect(source.listenerCount('error')).toBe(1);
  await gone;
  expect(source.errored).toMatchObject({ code: 'ENOENT' });
});

test('sendMany on a mailer that is closed survives it too', async () => {
  const source = missing();
  const gone = closing(source);
  for await (const receipt of closed.sendMany([withAttachment(source)])) {
    expect(receipt).toMatchObject({ state: 'not-sent', error: { code: 'closed' } });
  }
  expect(source.listenerCount('error')).toBe(1);
  await gone;
});

test('a stream that is given again is heard once', async () => {
  const source = missing();
  const gone = closing(source);
  for (let time = 0; time < 12; time++) {
    await mailer.send(withAttachment(source), nonsense).catch(() => {});
    outliveFailures({ raw: source, alternatives: [{ content: source }] });
  }
  expect(source.listenerCount('error')).toBe(1);
  await gone;
});

test('an emitter that lists no listeners is heard, and what is no emitter is left alone', () => {
  const heard: string[] = [];
  outliveFailures({
    raw: { on: (event: string) => heard.push(event) },
    attachments: [{ content: 'text' }, null],
  });
  expect(heard).toEqual(['error']);
});
