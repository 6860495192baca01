import { serve } from '@hono/node-server';
import { mintRelayToken, type RelayGrant } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { Hono } from 'hono';
import { expect, onTestFinished, test, vi } from 'vitest';
import { nobody, type RecordingServer, startServer } from '../test/recording-server.ts';
import { createMailer } from './index.ts';

const secret = 'a secret of at least thirty-two octets';
const message = { from: 'ann@example.com', to: 'bob@example.net', subject: 'Grüße 🚀', text: 'Hello' };

/** A relay on Node in front of a mail server, reached over a real WebSocket. */
async function setUp(upstream?: { readonly port: number }): Promise<{
  server: RecordingServer;
  url: string;
  mint: (grant?: Partial<RelayGrant>) => Promise<string>;
}> {
  const server = await startServer();
  const { port: target } = upstream ?? server;
  const relay = createRelay({
    targets: { default: { host: '127.0.0.1', port: target, tls: 'none', allowPrivate: true } },
    keys: { k1: secret },
    origins: ['https://app.example.com'],
    allowNonBrowser: true,
    ports: [target],
  });
  const app = new Hono().get('/relay', relayRoute(relay));
  const host = serve({
    fetch: app.fetch,
    port: 0,
    hostname: '127.0.0.1',
    websocket: { server: relayWebSocketServer() as never },
  });
  await new Promise(resolve => host.once('listening', resolve));
  onTestFinished(async () => {
    await new Promise(resolve => host.close(resolve));
    await server.close();
  });
  const { port } = host.address() as { port: number };
  const mint = (grant: Partial<RelayGrant> = {}): Promise<string> =>
    mintRelayToken(
      { sub: 'user-1', org: ['https://app.example.com'], from: ['@example.com'], ...grant },
      { kid: 'k1', secret },
    );
  return { server, url: `ws://127.0.0.1:${port}/relay`, mint };
}

test('sends through a relay, the token fetched for each connection', async () => {
  const { server, url, mint } = await setUp();
  let fetched = 0;
  await using mailer = createMailer({
    relay: {
      url,
      token: () => {
        fetched++;
        return mint();
      },
    },
  });
  expect((await mailer.send(message)).state).toBe('accepted');
  expect((await mailer.send(message)).state).toBe('accepted');
  expect(fetched).toBe(2);
  expect(server.messages.map(({ from, to }) => [from, ...to])).toEqual([
    ['ann@example.com', 'bob@example.net'],
    ['ann@example.com', 'bob@example.net'],
  ]);
});

test('a relay may be an instance of a class, and its address a URL', async () => {
  const { server, url, mint } = await setUp();
  class OwnRelay {
    readonly #address = new URL(url);
    get url() {
      return this.#address;
    }
    get target() {
      return 'default';
    }
    async token() {
      return this.#address.href === url ? mint() : '';
    }
  }
  await using mailer = createMailer({ relay: new OwnRelay() });
  expect((await mailer.send(message)).state).toBe('accepted');
  expect(server.messages).toHaveLength(1);
});

test('a wrong token and a sender beyond the token are refused, and the reason is told', async () => {
  const { server, url, mint } = await setUp();
  await using wrong = createMailer({ relay: { url, token: 'v1.bm8.bm8' } });
  await expect(wrong.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    cause: { name: 'ConnectError', code: 'relay' },
  });
  await using mailer = createMailer({ relay: { url, token: () => mint() } });
  await expect(mailer.send({ ...message, from: 'eve@example.org' })).rejects.toMatchObject({
    code: 'rejected',
    receipt: { recipients: [{ state: 'rejected', permanent: true, reply: { code: 550 } }] },
  });
  expect(server.messages).toEqual([]);
});

test('a relay elsewhere takes the token unencrypted where that is allowed', async () => {
  const { server, url, mint } = await setUp();
  // All addresses of this machine, for which no name of loopback stands.
  const relay = { url: url.replace('127.0.0.1', '0.0.0.0'), token: () => mint() };
  await using mailer = createMailer({ relay, allowInsecureAuth: true });
  expect((await mailer.send(message)).state).toBe('accepted');
  expect(server.messages).toHaveLength(1);
});

test('a relay that cannot be reached is not sent', async () => {
  const { hostname, port } = await nobody();
  await using mailer = createMailer({
    relay: { url: `ws://${hostname}:${port}/relay`, token: 'v1.bm8.bm8' },
  });
  await expect(mailer.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    temporary: true,
    cause: { name: 'ConnectError' },
  });
});

test('a mail server that the relay cannot reach may be tried again, a refusal of the relay not', async () => {
  const { url, mint } = await setUp(await nobody());
  await using mailer = createMailer({ relay: { url, token: () => mint() } });
  await expect(mailer.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    temporary: true,
    cause: { code: 'relay', cause: { code: 'E_UPSTREAM' } },
  });
  await using stranger = createMailer({ relay: { url, token: () => mint({ tgt: ['other'] }) } });
  await expect(stranger.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    temporary: false,
    cause: { code: 'relay', cause: { code: 'E_POLICY' } },
  });
});

test('a token function that throws fails its message, and the next one goes out', async () => {
  const { server, url, mint } = await setUp();
  const token = vi.fn(mint).mockImplementationOnce(() => {
    throw new Error('signed out');
  });
  await using mailer = createMailer({ relay: { url, token: () => token() } });
  await expect(mailer.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    temporary: true,
    cause: { code: 'relay', cause: { code: 'callback', cause: { message: 'signed out' } } },
  });
  expect((await mailer.send(message)).state).toBe('accepted');
  expect(server.messages).toHaveLength(1);
});
