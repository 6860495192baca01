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
import { mintRelayToken, type RelayGrant } from './token.ts';

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
    config: fileURLToPath(new URL('../../fixture/wrangler.jsonc', import.meta.url)),
    bindings: {
      ORIGIN: text(pageOrigin),
      SECRET: text(relaySecret),
      PLAIN_PORT: text(ports.plain),
      STARTTLS_PORT: text(ports.starttls),
      IMPLICIT_PORT: text(ports.implicit),
    },
    dev: {
      server: { hostname: '127.0.0.1', port: 0 },
      persist: false,
      inspector: false,
      watch: false,
      logLevel: 'error',
    },
  });
  closing.push(() => worker.dispose());
  await worker.ready;
  url = new URL('/relay/one', await worker.url);
});

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
  isolate = 'one',
) {
  const options = { protocols, headers };
  const { href } = new URL(isolate, url);
  const webSocket = new WebSocket(href.replace('http', 'ws'), options as never);
  webSocket.binaryType = 'arraybuffer';
  const browser = new ScriptedBrowser(webSocket);
  await new Promise<void>((resolve, reject) => {
    webSocket.addEventListener('open', () => resolve());
    webSocket.addEventListener('error', () => reject(new Error('The WebSocket did not open')));
  });
  return Object.assign(browser, { protocol: webSocket.protocol });
}

const mint = (change: Partial<RelayGrant> = {}) =>
  mintRelayToken(
    {
      sub: 'u',
      org: [pageOrigin],
      tgt: ['default', 'starttls', 'implicit', 'raw', 'inner'],
      from: ['@example.com'],
      ...change,
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

  it('shares quotas and outcomes with the relays of other isolates', async () => {
    received.length = 0;
    const id = crypto.randomUUID().replaceAll('-', '');
    const token = await mint({ sub: crypto.randomUUID(), conns: 1, rcpt: 1 });
    const enter = async (isolate: string) => {
      const browser = await browserOf(undefined, undefined, isolate);
      browser.open(token);
      return browser;
    };
    const say = async (browser: ScriptedBrowser, line: string) => {
      await browser.write(`${line}\r\n`);
      return browser.until(/(^|\n)\d{3} [^\n]*\n$/);
    };
    const one = await enter('one');
    await one.until(/^220 [^\n]*\n$/);
    const tooMany = await enter('two');
    expect(await tooMany.control('error')).toMatchObject({ code: 'E_QUOTA' });

    await say(one, 'EHLO page.test');
    one.say({ t: 'txn', id });
    await say(one, 'MAIL FROM:<ann@example.com>');
    await say(one, 'RCPT TO:<bob@example.net>');
    await say(one, 'DATA');
    await one.write('x\r\n.\r\n');
    // The answer is not waited for: the WebSocket is gone when it comes.
    one.hangUp();

    let outcome: { readonly state: string } = { state: 'pending' };
    for (let n = 0; n < 1500 && outcome.state === 'pending'; n++) {
      await new Promise(resolve => setTimeout(resolve, 20));
      const later = await enter('two');
      // One connection at a time: the first may not have been given back yet.
      const opened = await later.control('opened').catch(() => undefined);
      if (opened === undefined) continue;
      await later.until(/^220 [^\n]*\n$/);
      later.say({ t: 'txn', id });
      outcome = await later.control('outcome');
      await say(later, 'EHLO page.test');
      if (outcome.state === 'accepted') {
        expect(await say(later, 'MAIL FROM:<ann@example.com>')).toMatch(/^503 5\.5\.1 /);
        later.say({ t: 'txn', id: id.split('').reverse().join('') });
        expect(await say(later, 'MAIL FROM:<ann@example.com>')).toMatch(/^250 /);
        expect(await say(later, 'RCPT TO:<bob@example.net>')).toMatch(/^452 4\.5\.3 /);
      }
      later.hangUp();
    }
    expect(outcome).toMatchObject({ state: 'accepted', reply: expect.stringMatching(/^250 2\.0\.0 /) });
    expect(received).toHaveLength(1);
  });

  it('upgrades for its own subprotocol only', async () => {
    await expect(browserOf(undefined, ['other'])).rejects.toThrow('did not open');
    expect((await fetch(url)).status).toBe(426);
  });
});
