import { plain } from '@posthaste/smtp-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../../fixture/certificate.ts';
import { startPeer } from '../../fixture/peer.ts';
import { openLoopbackRelay } from '../../fixture/relay-on-loopback.ts';
import { type Listener, type ListenOptions, listen } from '../listen/node.ts';
import { openConnection } from '../open-connection.ts';
import { systemClock } from '../relay/clock.ts';
import { memoryQuota, type QuotaStore } from '../relay/quota.ts';
import type { RelayTarget } from '../relay/target.ts';
import type { ReceivedMessage } from '../serve-handler.ts';
import type { Connect } from '../socket.ts';
import { connect as unsupported } from './unsupported.ts';
import { makeTransactionId, relayConnect, relayOutcome } from './websocket.ts';

const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const hostname = 'relay.test';

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function mailServer(
  change: Partial<ListenOptions> = {},
): Promise<{ port: number; received: ReceivedMessage[] }> {
  const received: ReceivedMessage[] = [];
  const listener: Listener = await listen({
    mode: 'plain',
    cert: certificate.cert,
    key: certificate.key,
    server: { serverName: 'mx.test', extensions: ['PIPELINING', '8BITMIME'], auth: ['PLAIN'] },
    handler: { onMessage: message => void received.push(message), onAuth: () => undefined },
    ...change,
  });
  closing.push(() => listener.close());
  return { port: listener.port, received };
}

/** What connects through a relay with one target. */
async function relayTo(port: number, change: Partial<RelayTarget> = {}, token?: string): Promise<Connect> {
  const relay = await openLoopbackRelay({ port, ca: certificate.ca, ...change });
  closing.push(relay.close);
  return relayConnect({ url: relay.url, token: token ?? (() => relay.mint()) });
}

describe('submit mode', () => {
  test('a message arrives, and the page needs neither TLS mode nor password', async () => {
    const { port, received } = await mailServer({ mode: 'starttls' });
    const throughRelay = await relayTo(port, {
      tls: 'starttls',
      auth: () => [plain({ user: 'ann', pass: 'secret' })],
    });
    const connection = await openConnection({ hostname, connect: throughRelay });
    const content = new TextEncoder().encode(`Subject: x\r\n\r\n${'line\r\n'.repeat(200_000)}`);
    const result = await connection.sendRaw(envelope, content);
    await connection.quit();

    expect(result.accepted).toEqual(envelope.to);
    expect(received).toHaveLength(1);
    expect(received[0]!.session).toMatchObject({ secure: true, authenticated: true });
    expect(received[0]!.content.length).toBe(content.length);
  });

  test('a password is refused before it leaves', async () => {
    const { port } = await mailServer();
    const auth = [plain({ user: 'ann', pass: 'secret' })];
    const connect = await relayTo(port);
    await expect(openConnection({ hostname, connect, auth })).rejects.toMatchObject({
      code: 'unsupported',
      message: `Leave auth out: this relay signs in by itself: "${connect.endpoint!.place}" cannot be reached the way that was asked for`,
    });
  });
});

describe('bytes mode', () => {
  test('STARTTLS and AUTH are end to end with the mail server, TLS by the relay', async () => {
    const { port, received } = await mailServer({ mode: 'starttls' });
    const connection = await openConnection({
      hostname,
      connect: await relayTo(port, { tls: 'starttls', mode: 'bytes' }),
      auth: [plain({ user: 'ann', pass: 'secret' })],
    });
    expect(connection.secure).toBe(true);
    await connection.sendRaw(envelope, new Uint8Array(300_000).fill(97));
    await connection.quit();
    expect(received[0]!.session).toMatchObject({ secure: true, authenticated: true });
    expect(received[0]!.content.length).toBe(300_002);
  });

  test('a target with implicit TLS is secure from the start', async () => {
    const { port, received } = await mailServer({ mode: 'implicit' });
    const connection = await openConnection({
      hostname,
      connect: await relayTo(port, { tls: 'implicit', mode: 'bytes' }),
    });
    expect(connection.secure).toBe(true);
    await connection.sendRaw(envelope, new Uint8Array([97]));
    await connection.quit();
    expect(received).toHaveLength(1);
  });

  test('implicit TLS asked of a target without it is the wrong mode', async () => {
    const { port } = await mailServer();
    const throughRelay = await relayTo(port, { tls: 'none', mode: 'bytes' });
    await expect(openConnection({ hostname, connect: throughRelay, tls: 'implicit' })).rejects.toMatchObject({
      code: 'wrong-tls-mode',
    });
  });
});

describe('a token of two connections', () => {
  /** A relay whose quota store is as far away as a Durable Object, with one connection held. */
  async function heldRelay(): Promise<{ readonly url: string; readonly token: string }> {
    const { port } = await mailServer();
    const store = memoryQuota(systemClock);
    const quota: QuotaStore = {
      async take(sub, cost) {
        await new Promise(resolve => setTimeout(resolve, 20));
        return store.take(sub, cost);
      },
    };
    const relay = await openLoopbackRelay({ port }, { quota, limits: { tokenConnections: 2 } });
    closing.push(relay.close);
    const access = { url: relay.url, token: await relay.mint() };
    const held = await openConnection({ hostname, connect: relayConnect(access) });
    closing.push(() => held.close());
    return access;
  }

  test('lets one session follow the other', async () => {
    const access = await heldRelay();
    for (let n = 0; n < 5; n++) {
      expect(await relayOutcome(access, makeTransactionId())).toEqual({ state: 'new' });
      const polite = await openConnection({ hostname, connect: relayConnect(access) });
      await polite.quit();
      const abrupt = await openConnection({ hostname, connect: relayConnect(access) });
      await abrupt.close();
    }
  });

  test('says so when there are two', async () => {
    const access = await heldRelay();
    const second = await openConnection({ hostname, connect: relayConnect(access) });
    await expect(openConnection({ hostname, connect: relayConnect(access) })).rejects.toMatchObject({
      code: 'relay',
      advice: 'Close a connection first',
      cause: { code: 'E_QUOTA', detail: 'quota-connections' },
    });
    await second.close();
  });
});

describe('refusals', () => {
  test('a wrong token says so, and what to do', async () => {
    const { port } = await mailServer();
    const connect = await relayTo(port, {}, 'v1.e30.AAAA');
    await expect(openConnection({ hostname, connect })).rejects.toMatchObject({
      code: 'relay',
      advice: 'Fetch a new token',
      cause: { code: 'E_TOKEN', retryable: false },
    });
  });

  test('a mail server that is down is the relay’s word, and worth another try', async () => {
    const connect = await relayTo(1);
    await expect(openConnection({ hostname, connect })).rejects.toMatchObject({
      code: 'relay',
      cause: { code: 'E_UPSTREAM', retryable: true },
    });
  });

  test('a relay that is not there', async () => {
    const connect = relayConnect({ url: 'ws://127.0.0.1:1/relay', token: 'x' });
    await expect(openConnection({ hostname, connect })).rejects.toMatchObject({ code: 'relay' });
  });

  const nobody = 'ws://127.0.0.1:1/relay';
  test.each([
    [
      'nobody listens',
      { url: 'ws://user:canary@127.0.0.1:1/relay?key=canary', token: 'x' },
      `Check that a relay runs there: "${nobody}" could not be opened as a WebSocket`,
    ],
    [
      'the token function throws',
      { url: nobody, token: () => Promise.reject(new Error('signed out')) },
      `Look at what the token function threw: "${nobody}" was not asked`,
    ],
    [
      'the token function returns nothing',
      { url: nobody, token: () => undefined as never },
      `Give the token as a string, not undefined: "${nobody}" was not asked`,
    ],
    ['the token is empty', { url: nobody, token: '' }, 'not an empty one: '],
    ['there is no token', { url: nobody } as never, 'not undefined: '],
  ])('name the relay and the cause when %s, and no secret', async (_, options, message) => {
    const error = await openConnection({ hostname, connect: relayConnect(options) }).catch(caught => caught);
    expect(error).toMatchObject({ name: 'ConnectError', code: 'relay', host: '127.0.0.1', port: 1 });
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/canary|relay\.test/);
  });

  test('wss against ws shows the address', async () => {
    const { port } = await mailServer();
    const relay = await openLoopbackRelay({ port }, {});
    closing.push(relay.close);
    const connect = relayConnect({ url: relay.url.replace('ws:', 'wss:'), token: 'x' });
    await expect(openConnection({ hostname, connect })).rejects.toThrow(relay.url.replace('ws:', 'wss:'));
  });

  test('what a relay answered is told as its own', async () => {
    const { port } = await mailServer();
    const relay = await openLoopbackRelay({ port });
    closing.push(relay.close);
    const connect = relayConnect({ url: relay.url, token: 'v1.e30.AAAA' });
    await expect(openConnection({ hostname, connect })).rejects.toThrow(
      `Fetch a new token: "${relay.url}" answered that this one is not valid here`,
    );
  });

  test('a runtime without WebSocket is told what to give', async () => {
    const { WebSocket } = globalThis;
    closing.push(() => Object.assign(globalThis, { WebSocket }));
    Reflect.deleteProperty(globalThis, 'WebSocket');
    const connect = relayConnect({ url: nobody, token: 'x' });
    await expect(openConnection({ hostname, connect })).rejects.toMatchObject({
      code: 'unsupported',
      advice: expect.stringContaining('Give a WebSocket'),
    });
  });

  test('a runtime without sockets is told of both ways to a relay', () => {
    const attempt = () => unsupported({ hostname, port: 587 }, { secureTransport: 'on' });
    expect(attempt).toThrow(/relay: \{ url, token \}.*relayConnect/);
  });

  test('an address that is no WebSocket is refused at once', () => {
    expect(() => relayConnect({ url: 'https://relay.test/', token: 'x' })).toThrow(TypeError);
  });

  test('an address is refused without what may be secret in it', () => {
    for (const url of ['https://ann:canary@relay.test/canary?canary', 'canary', 'ws://canary@[canary]/']) {
      const refused = () => relayConnect({ url, token: 'x' });
      expect(refused).toThrow(TypeError);
      expect(refused).not.toThrow('canary');
      expect(refused).not.toThrow(expect.objectContaining({ input: expect.anything() }));
    }
  });

  test('no token crosses a network unencrypted, unless that is allowed', async () => {
    const refusal =
      /wss:\/\/…: over ws: the token would cross the network to (relay\.test|127\.example) unencr/;
    for (const host of ['relay.test', '127.example']) {
      const relay = { url: `ws://${host}/relay`, token: 'x' };
      expect(() => relayConnect(relay)).toThrow(refusal);
      await expect(relayOutcome(relay, makeTransactionId())).rejects.toThrow(refusal);
      expect(relayConnect({ ...relay, allowInsecureAuth: true }).endpoint?.hostname).toBe(host);
      expect(relayConnect({ ...relay, url: `wss://${host}/` }).endpoint?.hostname).toBe(host);
    }
    for (const host of ['localhost', 'app.localhost:8787', '127.0.0.1', '127.1', '[::1]:1']) {
      expect(relayConnect({ url: `ws://${host}/`, token: 'x' }).endpoint).toBeDefined();
    }
  });

  const noAnswer = ['Check the address and the firewall', 'did not answer in time'] as const;
  const givenUp = ['Connect again if this was not wanted', 'was given up on request'] as const;
  test.each([
    ['timeout', noAnswer, () => ({ timeouts: { connect: 50 } })],
    ['aborted', givenUp, () => ({ signal: AbortSignal.timeout(50) })],
    ['aborted', givenUp, () => ({ signal: AbortSignal.abort() })],
  ])(
    '%s: the relay is named, not the host name that nobody connects to',
    async (code, [advice, fact], more) => {
      const connect = relayConnect({ url: `${nobody}?key=canary`, token: () => new Promise(() => {}) });
      await expect(openConnection({ hostname, connect, ...more() })).rejects.toMatchObject({
        ...{ name: 'ConnectError', code, host: '127.0.0.1', port: 1 },
        message: `${advice}: "${nobody}" ${fact}`,
      });
    },
  );

  test('a silent mail server behind a relay is not connected to again, to try TLS', async () => {
    const server = await startPeer(() => {});
    closing.push(() => server.stop());
    const connect = await relayTo(server.port, { mode: 'bytes' });
    const opening = openConnection({ hostname, connect, timeouts: { greeting: 100 } });
    await expect(opening).rejects.toMatchObject({ kind: 'timeout', phase: 'greeting' });
    expect(server.peers.length).toBeLessThan(2);
  });

  test('a mail server behind a relay that speaks TLS first is its operator’s to set right', async () => {
    const server = await startPeer(peer => peer.socket.write(Uint8Array.of(0x15, 3, 1, 0, 2, 2, 70)));
    closing.push(() => server.stop());
    const connect = await relayTo(server.port, { mode: 'bytes' });
    await expect(openConnection({ hostname, connect })).rejects.toMatchObject({
      code: 'wrong-tls-mode',
      message: expect.stringContaining(`set tls: 'implicit': "${connect.endpoint!.place}"`),
    });
  });

  test('what the token function throws is the cause', async () => {
    const failing = relayConnect({
      url: 'ws://127.0.0.1:1/',
      token: () => Promise.reject(new Error('signed out')),
    });
    await expect(openConnection({ hostname, connect: failing })).rejects.toMatchObject({
      code: 'relay',
      cause: { message: 'signed out' },
    });
  });

  test('an abort while the token is fetched ends the attempt', async () => {
    const abort = new AbortController();
    const slow = relayConnect({ url: 'ws://127.0.0.1:1/', token: () => new Promise(() => {}) });
    const opening = openConnection({ hostname, connect: slow, signal: abort.signal });
    abort.abort('enough');
    await expect(opening).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  });
});
