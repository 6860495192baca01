import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve as serveHttp } from '@hono/node-server';
import { openConnection } from '@posthaste/bridge';
import { type Listener, listen } from '@posthaste/bridge/listen';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { relayConnect } from '@posthaste/bridge/websocket';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DelayingProxy, startDelayingProxy } from '../peer/delaying-proxy.ts';

const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const secret = crypto.getRandomValues(new Uint8Array(32));
const LINE = new TextEncoder().encode(`${'x'.repeat(1022)}\r\n`.repeat(16));
const OCTETS = 256 * LINE.length;

let taken: number[];
let server: Listener;
let behind: DelayingProxy;
let before: DelayingProxy;
let stopRelay: () => Promise<void>;

/** Client, path, relay, path, mail server; each chunk is late by its own time, the same in every run. */
beforeEach(async () => {
  let seed = 7;
  const delay = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    // One chunk in twenty is lost and sent again.
    return seed % 20 === 0 ? 40 : 2 + (seed % 5);
  };
  taken = [];
  server = await listen({
    server: { serverName: 'office.test', extensions: ['PIPELINING'], maxMessageOctets: 64 << 20 },
    handler: {
      async onContent({ content }) {
        let octets = 0;
        for await (const chunk of content) octets += chunk.length;
        taken.push(octets);
      },
    },
  });
  behind = await startDelayingProxy(server.port, { delay });
  const relay = createRelay({
    targets: { default: { host: '127.0.0.1', port: behind.port, tls: 'none', allowPrivate: true } },
    keys: { test: secret },
    origins: [],
    allowNonBrowser: true,
    ports: [behind.port],
  });
  const http = serveHttp({
    fetch: new Hono().get('/relay', relayRoute(relay)).fetch,
    hostname: '127.0.0.1',
    port: 0,
    websocket: { server: relayWebSocketServer() },
  });
  await once(http, 'listening');
  before = await startDelayingProxy((http.address() as AddressInfo).port, { delay });
  stopRelay = async () => {
    await relay.drain();
    http.close();
  };
});

afterEach(async () => {
  await before.stop();
  await stopRelay();
  await behind.stop();
  await server.close();
});

const open = () =>
  openConnection({
    ...{ hostname: 'relay.test', port: 587, tls: 'none' as const },
    connect: relayConnect({
      url: `ws://127.0.0.1:${before.port}/relay`,
      target: 'default',
      token: () =>
        mintRelayToken(
          { sub: 'ann', org: [], tgt: ['default'], from: ['@example.org'] },
          { kid: 'test', secret },
        ),
    }),
  });

async function* content(onPiece: (handedOut: number) => void = () => {}): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < OCTETS; sent += LINE.length) {
    onPiece(sent);
    yield LINE;
  }
}

test('a long message over a late and lossy path: progress moves, memory is bounded, every octet arrives', async () => {
  const connection = await open();
  let furthest = 0;
  const steps: number[] = [];
  const source = content(sent => {
    furthest = Math.max(furthest, sent - behind.arrived);
  });
  await connection.sendRaw(envelope, source, { onProgress: ({ sentOctets }) => steps.push(sentOctets) });
  await connection.quit();

  expect(taken).toEqual([OCTETS]);
  expect(new Set(steps).size).toBeGreaterThan(100);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  // Two windows of credit, and what the sockets and both paths hold.
  expect(furthest).toBeLessThan(2 << 20);
});

describe.each(['before the relay', 'behind the relay'] as const)('the path %s breaks', which => {
  test.each([0, 1, 100, 200])('at piece %i: no message is taken or said to be', async piece => {
    const connection = await open();
    const source = content(sent => {
      if (sent === piece * LINE.length) (which === 'before the relay' ? before : behind).cut();
    });
    await expect(connection.sendRaw(envelope, source)).rejects.not.toHaveProperty('deliveryUnknown');
    await connection.close();
    expect(taken).toEqual([]);
  });
});
