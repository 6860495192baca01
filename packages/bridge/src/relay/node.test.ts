import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedBrowser } from '../../fixture/scripted-browser.ts';
import { type ListenOptions, listen } from '../listen/node.ts';
import type { ReceivedMessage } from '../serve-handler.ts';
import { createRelay, relayRoute, relayWebSocketServer } from './node.ts';
import { relaySubprotocol } from './protocol.ts';
import type { RelayOptions } from './relay.ts';
import type { RelayTarget } from './target.ts';
import { mintRelayToken, type RelayGrant } from './token.ts';

const secret = 'canary-secret-of-at-least-thirty-two-octets';
const origin = 'https://app.example.com';
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function mint(change: Partial<RelayGrant> = {}): Promise<string> {
  const grant = { sub: 'user-1', org: [origin], from: ['@example.com'] };
  return mintRelayToken({ ...grant, ...change }, { kid: 'k1', secret });
}

/** A mail server of our own on loopback. */
async function mailServer(options: Partial<ListenOptions> = {}) {
  const received: ReceivedMessage[] = [];
  const listener = await listen({
    server: { serverName: 'mx.test', extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES', 'DSN'] },
    handler: { onMessage: message => void received.push(message) },
    ...options,
  });
  closing.push(() => listener.close());
  return { port: listener.port, received };
}

/** A relay on Node, reached over a real WebSocket. */
async function relayOn(target: Partial<RelayTarget> & { port: number }, options: Partial<RelayOptions> = {}) {
  const relay = createRelay({
    targets: { default: { host: '127.0.0.1', tls: 'none', allowPrivate: true, ...target } },
    keys: { k1: secret },
    origins: [origin],
    ports: [target.port],
    ...options,
  });
  const app = new Hono().get('/relay', relayRoute(relay));
  const server = serve({
    fetch: app.fetch,
    port: 0,
    hostname: '127.0.0.1',
    websocket: { server: relayWebSocketServer() },
  });
  await new Promise(resolve => server.once('listening', resolve));
  closing.push(() => new Promise(resolve => server.close(resolve)));
  const { port } = server.address() as { port: number };
  const url = `ws://127.0.0.1:${port}/relay`;
  const join = (headers: Record<string, string> = { origin }) => {
    const options = { protocols: [relaySubprotocol], headers };
    const webSocket = new WebSocket(url, options as never);
    webSocket.binaryType = 'arraybuffer';
    closing.push(() => webSocket.close());
    return new Promise<ScriptedBrowser>((resolve, reject) => {
      const browser = new ScriptedBrowser(webSocket);
      webSocket.addEventListener('open', () => resolve(browser));
      webSocket.addEventListener('error', () => reject(new Error('The WebSocket did not open')));
    });
  };
  return { relay, url, join };
}

describe('submit mode over a real WebSocket', () => {
  it('delivers a message', async () => {
    const { port, received } = await mailServer();
    const { join } = await relayOn({ port });
    const browser = await join();
    browser.open(await mint());
    expect(await browser.control('opened')).toMatchObject({ mode: 'submit', secure: null });
    expect(await browser.until(/\n$/)).toMatch(/^220 relay\.invalid /);
    await browser.write('EHLO page.test\r\n');
    const ehlo = await browser.until(/^250 [^\n]*\n$/m);
    expect(ehlo.match(/^250[- ](\S+)/gm)).toEqual([
      '250-relay.invalid',
      '250-PIPELINING',
      '250-8BITMIME',
      '250-DSN',
      '250-ENHANCEDSTATUSCODES',
      '250 SIZE',
    ]);
    await browser.write('MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n');
    await browser.until(/^354 [^\n]*\n$/m);
    await browser.write('Subject: Hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n');
    await browser.control('end');
    expect(browser.text).toMatch(/^250 .*\r\n221 .*\r\n$/);
    expect(await browser.closed).toEqual({ code: 1000, reason: '' });
    expect(
      received.map(({ envelope, content }) => [
        envelope.from,
        envelope.to,
        new TextDecoder().decode(content),
      ]),
    ).toEqual([['ann@example.com', ['bob@example.net'], 'Subject: Hi\r\n\r\n.dot\r\n']]);
  });
});
