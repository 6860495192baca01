import { openConnection } from '@posthaste/bridge';
import { makeTransactionId, relayConnect, relayOutcome } from '@posthaste/bridge/websocket';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compose, openPage, plainLetter, sendAndRead, startBrowser } from './browser.ts';
import { call } from './call.ts';
import { type Demo, startOnWorkers, statusUnderHost } from './demo.ts';
import { postPicture } from './picture-post.ts';

let demo: Demo;
let browser: Browser;
beforeAll(async () => {
  demo = await startOnWorkers({ ALLOWED_HOSTS: 'demo.example.com, Other.example.com' });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

test('a picture composed in the page arrives in the inbox page octet for octet', async () => {
  const page = await openPage(browser);
  await postPicture(page, demo.origin);
  await page.close();
});

test('a message of several megabytes comes back whole from the storage of the Durable Object', async () => {
  const page = await openPage(browser);
  await compose(page, demo.origin, plainLetter);
  const octets = Buffer.alloc(3_000_000, 'Möwe\r\n.\r\n');
  await page
    .getByLabel('Attachments')
    .setInputFiles({ name: 'log.bin', mimeType: 'application/octet-stream', buffer: octets });
  expect((await sendAndRead(page)).state).toBe('accepted');
  const [{ id, octets: size }] = await (await call(`${demo.origin}/api/messages`)).json();
  const raw = await (await call(`${demo.origin}/api/messages/${id}/raw`)).text();
  expect(raw.length).toBe(size);
  const base64 = raw.slice(raw.indexOf('log.bin')).split('\r\n\r\n')[1]!.split('\r\n--')[0]!;
  expect(Buffer.from(base64, 'base64').equals(octets)).toBe(true);
  await page.close();
});

test('the names of this machine and those that are allowed are answered, and no other', async () => {
  const { port } = new URL(demo.origin);
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, 'demo.example.com', 'other.example.com'];
  for (const host of hosts) expect(await statusUnderHost(demo, host), host).toBe(200);
  for (const host of [`rebound.example.com:${port}`, 'sub.demo.example.com', 'example.com']) {
    expect(await statusUnderHost(demo, host), host).toBe(403);
  }
});

test('a host that cannot be allowed is told in a sentence, before wrangler starts', async () => {
  const failure: Error = await startOnWorkers({ ALLOWED_HOSTS: '*.example.com' }).then(
    () => expect.unreachable(),
    error => error,
  );
  const printed = failure.message.split('\n').filter(line => line.trim() !== '');
  expect(printed).toEqual([
    expect.stringMatching(/ended with 1 before it answered/),
    expect.stringMatching(/^ {2}Set ALLOWED_HOSTS to host names .* not "\*\.example\.com"$/),
  ]);
});

test('a message whose answer was lost is asked about on a new connection', async () => {
  const token = async () => {
    const answer = await call(`${demo.origin}/api/token`, { method: 'POST' });
    return ((await answer.json()) as { token: string }).token;
  };
  const relay = { url: `${demo.origin.replace('http', 'ws')}/relay`, token };
  await call(`${demo.origin}/api/messages`, { method: 'DELETE' });
  const sockets: WebSocket[] = [];
  class Kept extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const connection = await openConnection({
    hostname: 'demo.test',
    connect: relayConnect({ ...relay, WebSocket: Kept as never }),
  });
  const transaction = makeTransactionId();
  const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
  const octets = new TextEncoder().encode('Subject: Lost answer\r\n\r\nHello\r\n');
  const sending = connection.sendRaw(envelope, octets, {
    transaction,
    // The end of the message goes out behind this call; the answer takes longer.
    onProgress: ({ phase }) => {
      if (phase === 'final') setTimeout(() => sockets[0]!.close(), 0);
    },
  });
  // The answer may have been faster than the cut: the relay knows it either way.
  await sending.catch((error: unknown) => expect(error).toMatchObject({ deliveryUnknown: true }));
  const ask = () => relayOutcome(relay, transaction);
  await expect.poll(ask, { timeout: 30_000 }).toMatchObject({ state: 'accepted', reply: { code: 250 } });
  const outcome = await ask();

  const again = await openConnection({ hostname: 'demo.test', connect: relayConnect(relay) });
  await expect(again.sendRaw(envelope, octets, { transaction })).rejects.toMatchObject({
    code: 'known-transaction',
    outcome,
  });
  await again.close();
  const list: { subject: string }[] = await (await call(`${demo.origin}/api/messages`)).json();
  expect(list.filter(({ subject }) => subject === 'Lost answer')).toHaveLength(1);
});
