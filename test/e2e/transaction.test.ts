import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { listen } from '@posthaste/bridge/listen';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { Hono } from 'hono';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { openPage, startBrowser } from './browser.ts';
import type { Transactions } from './transaction-page.ts';

declare const transactions: Transactions;

const secret = 'a secret of at least thirty-two octets';

/** A page that sends under names, its relay, and a mail server; `cut` breaks every connection to the page. */
async function setUp(onMessage: () => string | Promise<string>) {
  const server = await listen({
    server: { serverName: 'mx.test', extensions: ['PIPELINING', 'ENHANCEDSTATUSCODES'] },
    handler: { onMessage },
  });
  onTestFinished(() => server.close());
  const bundle = await rolldown({
    input: fileURLToPath(new URL('transaction-page.ts', import.meta.url)),
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
  const sockets = new Set<Socket>();
  host.on('connection', (socket: Socket) => void sockets.add(socket));
  await once(host, 'listening');
  const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const relay = createRelay({
    targets: { default: { host: '127.0.0.1', port: server.port, tls: 'none', allowPrivate: true } },
    keys: { k1: secret },
    origins: [origin],
    ports: [server.port],
  });
  const grant = { sub: 'ann', org: [origin], from: ['ann@example.org'] };
  app
    .get('/relay', relayRoute(relay))
    .get('/page.js', c => c.text(output[0].code, 200, { 'content-type': 'text/javascript' }))
    .post('/token', async c => c.text(await mintRelayToken(grant, { kid: 'k1', secret })))
    .get('/', c =>
      c.html('<!doctype html><title>Once</title><script type="module" src="/page.js"></script>'),
    );
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const page = await openPage(browser);
  await page.goto(`${origin}/`);
  await page.waitForFunction('globalThis.transactions');
  return {
    page,
    cut(): void {
      for (const socket of sockets) socket.destroy();
    },
  };
}

test('in a page: an answer that is lost is asked for, and the message is not taken twice', async () => {
  let taken = 0;
  let answer!: (text: string) => void;
  const answered = new Promise<string>(resolve => {
    answer = resolve;
  });
  const all = await setUp(() => {
    if (taken++ === 0) all.cut();
    return answered;
  });
  const { page } = all;
  const id = await page.evaluate(() => transactions.makeTransactionId());
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await page.evaluate(name => transactions.send(name), id)).toMatchObject({
    name: 'SmtpError',
    deliveryUnknown: true,
  });
  expect(await page.evaluate(name => transactions.ask(name), id)).toEqual({ state: 'pending' });
  // Under the same name it is not even taken while nobody knows.
  expect(await page.evaluate(name => transactions.send(name), id)).toMatchObject({
    name: 'KnownTransactionError',
    outcome: { state: 'pending' },
  });
  answer('Ok: queued as 4F2');
  const asked = {
    state: 'accepted',
    reply: { code: 250, enhanced: '2.0.0', lines: ['2.0.0 Ok: queued as 4F2'] },
  };
  const ask = () => page.evaluate(name => transactions.ask(name), id);
  await expect.poll(ask, { timeout: 30_000 }).toEqual(asked);
  expect(await page.evaluate(name => transactions.send(name), id)).toMatchObject({
    name: 'KnownTransactionError',
    outcome: asked,
  });
  expect(taken).toBe(1);
  expect(await page.evaluate(() => transactions.send(transactions.makeTransactionId()))).toEqual({
    accepted: ['bob@example.net'],
  });
  expect(taken).toBe(2);
});
