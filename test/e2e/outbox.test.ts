import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { listen } from '@posthaste/bridge/listen';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import type { Outbox } from '@posthaste/mailer/outbox';
import { Hono } from 'hono';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { startBrowser } from './browser.ts';

declare const outbox: Outbox;

const count = 50;
const secret = 'a secret of at least thirty-two octets';

/** A page with the outbox, its relay, and a slow mail server that counts what it took. */
async function setUp() {
  const taken = new Map<number, number>();
  const inbox = await listen({
    server: { serverName: 'inbox.test', extensions: ['PIPELINING', '8BITMIME'] },
    handler: {
      onMessage: async ({ content }) => {
        await new Promise(resolve => setTimeout(resolve, 20));
        const number = Number(/^Subject: number (\d+)/m.exec(new TextDecoder().decode(content))![1]);
        taken.set(number, (taken.get(number) ?? 0) + 1);
      },
    },
  });
  onTestFinished(() => inbox.close());
  const bundle = await rolldown({
    input: fileURLToPath(new URL('outbox-page.ts', import.meta.url)),
    platform: 'browser',
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  const app = new Hono();
  const host = serve({
    fetch: app.fetch,
    port: 0,
    hostname: '127.0.0.1',
    websocket: { server: relayWebSocketServer() as never },
  });
  onTestFinished(() => new Promise<void>(resolve => host.close(() => resolve())));
  await once(host, 'listening');
  const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const relay = createRelay({
    targets: { default: { host: '127.0.0.1', port: inbox.port, tls: 'none', allowPrivate: true } },
    keys: { k1: secret },
    origins: [origin],
    ports: [inbox.port],
  });
  const grant = { sub: 'ann', org: [origin], from: ['ann@example.org'] };
  app
    .get('/relay', relayRoute(relay))
    .get('/page.js', c => c.text(output[0].code, 200, { 'content-type': 'text/javascript' }))
    .post('/token', async c => c.text(await mintRelayToken(grant, { kid: 'k1', secret })))
    .get('/', c =>
      c.html('<!doctype html><title>Outbox</title><script type="module" src="/page.js"></script>'),
    );
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  return { context, origin, taken };
}

test('50 messages queued offline survive a page that is killed mid-send: each is delivered once, or parked', async () => {
  const { context, origin, taken } = await setUp();
  const writer = await context.newPage();
  await writer.goto(`${origin}/`);
  await writer.waitForFunction('globalThis.outbox');
  await context.setOffline(true);
  await writer.evaluate(async total => {
    for (let number = 0; number < total; number++) {
      await outbox.add({
        from: 'ann@example.org',
        to: 'bob@example.net',
        subject: `number ${number}`,
        text: 'Written offline',
      });
    }
  }, count);
  await writer.close();
  await context.setOffline(false);

  for (const enough of [10, 25]) {
    const sender = await context.newPage();
    await sender.goto(`${origin}/#send`);
    await expect.poll(() => taken.size, { timeout: 60_000, interval: 10 }).toBeGreaterThanOrEqual(enough);
    await sender.close();
  }
  const last = await context.newPage();
  await last.goto(`${origin}/#send`);
  const waiting = (): Promise<{ state: string; number: number }[]> =>
    last.evaluate(async () =>
      (await outbox.entries()).map(({ state, content }) => ({
        state,
        number: Number(/^Subject: number (\d+)/m.exec(new TextDecoder().decode(content))![1]),
      })),
    );
  await last.waitForFunction('globalThis.outbox');
  await expect
    .poll(async () => (await waiting()).filter(({ state }) => state !== 'unknown'), { timeout: 60_000 })
    .toEqual([]);

  const parked = new Set((await waiting()).map(({ number }) => number));
  expect([...taken.values()].every(times => times === 1)).toBe(true);
  for (let number = 0; number < count; number++)
    expect(taken.has(number) || parked.has(number), `${number}`).toBe(true);
  // A killed page leaves one message at most of which nobody can say whether it was taken.
  expect(parked.size).toBeLessThanOrEqual(2);
  expect(taken.size).toBeGreaterThanOrEqual(count - 2);
});
