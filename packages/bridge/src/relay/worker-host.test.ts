import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, makeCertificate } from '../../fixture/certificate.ts';
import { pageOrigin, relaySecret } from '../../fixture/relay-set-up.ts';
import { ScriptedBrowser } from '../../fixture/scripted-browser.ts';
import { listen } from '../listen/node.ts';
import type { ReceivedMessage } from '../serve-handler.ts';
import { relaySubprotocol } from './protocol.ts';
import { mintRelayToken } from './token.ts';

/** The relay inside workerd, and mail servers of ours in this process. */
const received: ReceivedMessage[] = [];
const closing: (() => unknown)[] = [];
let url: URL;

beforeAll(async () => {
  const certificate = makeCertificate();
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-authority-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ca.pem'), certificate.ca);
  // workerd trusts what this variable names when wrangler is loaded.
  process.env.NODE_EXTRA_CA_CERTS = join(folder, 'ca.pem');
  const ports = await mailServers(certificate);
  const { unstable_startWorker: startWorker } = await import('wrangler');
  const text = (value: string | number) => ({ type: 'plain_text', value: String(value) }) as const;
  const worker = await startWorker({
    name: 'relay',
    entrypoint: fileURLToPath(new URL('../../fixture/relay-worker.js', import.meta.url)),
    compatibilityDate: '2026-08-01',
    bindings: {
      ORIGIN: text(pageOrigin),
      SECRET: text(relaySecret),
      PLAIN_PORT: text(ports.plain),
      STARTTLS_PORT: text(ports.starttls),
      IMPLICIT_PORT: text(ports.implicit),
    },
    dev: { server: { hostname: '127.0.0.1', port: 0 }, inspector: false, watch: false, logLevel: 'error' },
  });
  closing.push(() => worker.dispose());
  await worker.ready;
  url = new URL('/relay', await worker.url);
}, 60_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function mailServers({ cert, key }: Certificate) {
  const open = async (mode: 'plain' | 'starttls' | 'implicit') => {
    const listener = await listen({
      mode,
      cert,
      key,
      server: { serverName: 'mx.test', extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'] },
      handler: { onMessage: message => void received.push(message) },
    });
    closing.push(() => listener.close());
    return listener.port;
  };
  return { plain: await open('plain'), starttls: await open('starttls'), implicit: await open('implicit') };
}

async function browserOf(
  headers: Record<string, string> = { origin: pageOrigin },
  protocols = [relaySubprotocol],
) {
  const options = { protocols, headers };
  const webSocket = new WebSocket(url.href.replace('http', 'ws'), options as never);
  webSocket.binaryType = 'arraybuffer';
  const browser = new ScriptedBrowser(webSocket);
  await new Promise<void>((resolve, reject) => {
    webSocket.addEventListener('open', () => resolve());
    webSocket.addEventListener('error', () => reject(new Error('The WebSocket did not open')));
  });
  return Object.assign(browser, { protocol: webSocket.protocol });
}

const mint = () =>
  mintRelayToken(
    {
      sub: 'u',
      org: [pageOrigin],
      tgt: ['default', 'starttls', 'implicit', 'raw', 'inner'],
      from: ['@example.com'],
    },
    { kid: 'k1', secret: relaySecret },
  );

describe('the relay inside workerd', () => {
  it.each([
    ['default', null],
    ['starttls', { proto: '', cipher: '' }],
    ['implicit', { proto: '', cipher: '' }],
  ])('delivers through %s', async (target, secure) => {
    received.length = 0;
    const browser = await browserOf();
    expect(browser.protocol).toBe(relaySubprotocol);
    browser.open(await mint(), target);
    expect(await browser.control('opened')).toMatchObject({ mode: 'submit', secure });
    await browser.until(/^220 [^\n]*\n$/);
    await browser.write('EHLO page.test\r\n');
    await browser.until(/^250 [^\n]*\n$/m);
    await browser.write('MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n');
    await browser.until(/^354 [^\n]*\n$/m);
    const content = `${'x'.repeat(70)}\r\n`.repeat(10_000);
    await browser.write(`${content}.\r\nQUIT\r\n`);
    expect(await browser.closed).toMatchObject({ code: 1000 });
    expect(browser.text).toMatch(/^250 [^\n]*\n221 [^\n]*\n$/);
    expect(received.map(({ content: octets }) => new TextDecoder().decode(octets) === content)).toEqual([
      true,
    ]);
  });

  it('passes octets through, and STARTTLS at its place', async () => {
    const browser = await browserOf();
    browser.open(await mint(), 'inner');
    expect(await browser.control('opened')).toMatchObject({ mode: 'bytes' });
    await browser.until(/^220 [^\n]*\n$/);
    await browser.write('EHLO page.test\r\n');
    await browser.until(/^250 [^\n]*\n$/m);
    await browser.write('STARTTLS\r\n');
    await browser.until(/^220 [^\n]*\n$/);
    browser.say({ t: 'starttls' });
    await browser.control('secure');
    await browser.write('EHLO page.test\r\nQUIT\r\n');
    expect(await browser.closed).toMatchObject({ code: 1000 });
    expect(browser.text).toMatch(/^221 /m);
  });

  it('moves 8 MiB up within the window', async () => {
    received.length = 0;
    const browser = await browserOf();
    browser.open(await mint(), 'raw');
    await browser.until(/^220 [^\n]*\n$/);
    await browser.write('EHLO page.test\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n');
    await browser.until(/^354 [^\n]*\n$/m);
    const line = new TextEncoder().encode(`${'y'.repeat(1022)}\r\n`);
    const block = new Uint8Array(65_536);
    for (let at = 0; at < block.length; at += line.length) block.set(line, at);
    for (let n = 0; n < 128; n++) await browser.write(block);
    await browser.write('.\r\n');
    await browser.until(/^250 [^\n]*\n$/m);
    expect(received[0]?.content.length).toBe(8 * 1_048_576);
    browser.hangUp();
  });

  it('refuses what the policy refuses', async () => {
    const stranger = await browserOf({ origin: 'https://evil.test' });
    stranger.open(await mint());
    expect(await stranger.control('error')).toMatchObject({ code: 'E_POLICY' });
    expect(await stranger.closed).toMatchObject({ code: 4403 });
    const forger = await browserOf();
    forger.open('v1.e30.AAAA');
    expect(await forger.closed).toMatchObject({ code: 4401, reason: 'E_TOKEN' });
    const talker = await browserOf();
    talker.push(new Uint8Array(1));
    expect(await talker.closed).toMatchObject({ code: 4400 });
  });

  it('upgrades for its own subprotocol only', async () => {
    await expect(browserOf(undefined, ['other'])).rejects.toThrow('did not open');
    expect((await fetch(url)).status).toBe(426);
  });
});
