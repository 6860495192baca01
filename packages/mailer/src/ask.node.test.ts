import type { Socket } from 'node:net';
import { serve } from '@hono/node-server';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RecordingServerOptions, startServer } from '../test/recording-server.ts';
import { createMailer, type DeliveryError, type Mailer, type Receipt } from './index.ts';
import { memoryStore, Outbox, type OutboxEntry } from './outbox/index.ts';

const secret = 'a secret of at least thirty-two octets';
const message = {
  from: 'ann@example.com',
  to: ['bob@example.net', 'eve@example.net'],
  subject: 'Lunch',
  text: 'At noon?',
};

type Handler = NonNullable<RecordingServerOptions['handler']>;

/** A mailer, a relay and a mail server, and a network between the first two that can be cut. */
async function scene(onMessage: Handler['onMessage'] = () => undefined) {
  const server = await startServer({
    handler: {
      onRcpt: ({ to }) =>
        to.startsWith('eve') ? { code: 550, text: 'Nobody', enhanced: '5.1.1' } : undefined,
      onMessage,
    },
  });
  const relay = createRelay({
    targets: { default: { host: '127.0.0.1', port: server.port, tls: 'none', allowPrivate: true } },
    keys: { k1: secret },
    origins: [],
    allowNonBrowser: true,
    ports: [server.port],
  });
  const host = serve({
    fetch: new Hono().get('/relay', relayRoute(relay)).fetch,
    port: 0,
    hostname: '127.0.0.1',
    websocket: { server: relayWebSocketServer() as never },
  });
  const sockets = new Set<Socket>();
  host.on('connection', (socket: Socket) => void sockets.add(socket));
  await new Promise(resolve => host.once('listening', resolve));
  onTestFinished(async () => {
    await new Promise(resolve => host.close(resolve));
    await server.close();
  });
  const { port } = host.address() as { port: number };
  const mailerOf = (sub: string): Mailer =>
    createMailer({
      relay: {
        url: `ws://127.0.0.1:${port}/relay`,
        token: () => mintRelayToken({ sub, org: [], from: ['@example.com'] }, { kid: 'k1', secret }),
      },
    });
  return {
    server,
    mailer: mailerOf('user-1'),
    stranger: mailerOf('user-2'),
    cut(): void {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function lost(sending: Promise<Receipt>): Promise<Receipt> {
  const error = (await sending.catch((thrown: unknown) => thrown)) as DeliveryError;
  expect(error).toMatchObject({
    code: 'unknown',
    message: expect.stringMatching(/^The message left whole [^.]+\. Ask the relay before sending again$/),
    advice: 'ask the relay before sending again',
  });
  return error.receipt;
}

/** Asks until the mail server has decided. */
async function decided(mailer: Mailer, receipt: Receipt): Promise<Receipt> {
  for (let n = 0; n < 500; n++) {
    const asked = await mailer.ask(receipt);
    if (asked.outcome !== 'pending') return asked;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('The outcome stayed pending');
}

describe('a receipt that says unknown', () => {
  test('is asked about: pending, then accepted with the server’s reply', async () => {
    let answer!: () => void;
    const answered = new Promise<void>(resolve => {
      answer = resolve;
    });
    const { mailer, server, cut } = await scene(async () => {
      cut();
      await answered;
      return undefined;
    });
    const receipt = await lost(mailer.send(message));
    expect(receipt).toMatchObject({ state: 'unknown', transaction: expect.stringMatching(/^[0-9a-f]{32}$/) });

    expect(await mailer.ask(receipt)).toEqual({ ...receipt, outcome: 'pending' });
    answer();
    const asked = await decided(mailer, receipt);
    const reply = { code: 250, enhanced: '2.0.0', lines: ['2.0.0 Message accepted'] };
    expect(asked).toEqual({
      ...receipt,
      error: undefined,
      state: 'partial',
      outcome: 'accepted',
      reply,
      recipients: [
        {
          address: 'bob@example.net',
          state: 'accepted',
          reply,
          enhanced: '2.0.0',
          permanent: false,
          retry: false,
        },
        expect.objectContaining({ address: 'eve@example.net', state: 'rejected', enhanced: '5.1.1' }),
      ],
    });
    expect(server.messages).toHaveLength(1);
  });

  test('is asked about: refused after all, and whether it may be tried again', async () => {
    const { mailer, cut } = await scene(() => {
      cut();
      return { code: 451, text: 'Try later', enhanced: '4.3.0' };
    });
    const asked = await decided(mailer, await lost(mailer.send({ ...message, to: 'bob@example.net' })));
    expect(asked).toMatchObject({
      state: 'rejected',
      outcome: 'rejected',
      recipients: [{ state: 'rejected', enhanced: '4.3.0', permanent: false, retry: true }],
    });
    expect(asked).not.toHaveProperty('error');
  });

  test('stays unknown where the relay has no record of it', async () => {
    const { mailer, stranger, cut } = await scene(() => {
      cut();
      return undefined;
    });
    const receipt = await lost(mailer.send(message));
    expect(await stranger.ask(receipt)).toEqual({ ...receipt, outcome: 'new' });
    expect((await decided(mailer, receipt)).state).toBe('partial');
  });

  test('cannot be asked about while the mail server is down', async () => {
    const { mailer, server } = await scene(() => {
      void server.close();
      return new Promise(() => {});
    });
    const receipt = await lost(mailer.send(message));
    expect(receipt).toMatchObject({ state: 'unknown', error: { cause: { code: 'E_UPSTREAM' } } });
    // The relay connects to the mail server before it answers.
    await expect(mailer.ask(receipt)).rejects.toMatchObject({
      cause: { code: 'E_UPSTREAM', retryable: true },
    });
  });
});

test('an outbox keeps the receipt of a message it parks, in a form that any store can hold', async () => {
  const { mailer, cut } = await scene(() => {
    cut();
    return undefined;
  });
  const entries = memoryStore();
  const store = { ...entries, put: (entry: OutboxEntry) => entries.put(structuredClone(entry)) };
  const outbox = new Outbox({ mailer, store, lockName: crypto.randomUUID() });
  const id = await outbox.add(message);
  await outbox.flush();
  const [parked] = await outbox.entries();
  expect(parked).toMatchObject({ id, state: 'unknown', receipt: { state: 'unknown' } });
  expect(parked!.receipt).not.toHaveProperty('error');
  expect(await decided(mailer, parked!.receipt!)).toMatchObject({ state: 'partial', outcome: 'accepted' });
  await outbox.retry(id);
  expect((await outbox.entries())[0]).not.toHaveProperty('receipt');
});

test('each of many messages has a name of its own', async () => {
  const { mailer, server } = await scene();
  const many = Array.from({ length: 12 }, (_, n) => ({ ...message, to: `bob${n}@example.net` }));
  const receipts: Receipt[] = [];
  for await (const receipt of mailer.sendMany(many)) receipts.push(receipt);
  expect(new Set(receipts.map(({ transaction }) => transaction)).size).toBe(12);
  expect(server.messages).toHaveLength(12);
  expect(server.sessions).toBe(1);
  for (const receipt of [receipts[0]!, receipts[11]!]) {
    expect(await mailer.ask(receipt)).toEqual({ ...receipt, outcome: 'accepted' });
  }
});

test('only a relay can be asked', async () => {
  const server = await startServer();
  onTestFinished(() => server.close());
  const mailer = createMailer({ hostname: '127.0.0.1', port: server.port, tls: 'none' });
  const receipt = await mailer.send(message);
  expect(receipt).not.toHaveProperty('transaction');
  await expect(mailer.ask(receipt)).rejects.toMatchObject({ code: 'unsupported' });
  const foreign = { ...receipt, transaction: '0'.repeat(32) };
  await expect(mailer.ask(foreign)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(createMailer({ backend: 'memory' }).ask(foreign)).rejects.toMatchObject({
    code: 'unsupported',
  });
  await mailer.close();
  await expect(mailer.ask(foreign)).rejects.toMatchObject({ code: 'closed' });
});

test('a question without an answer says why, and can be given up', async () => {
  const { mailer, server, stranger } = await scene();
  const receipt = await mailer.send(message);
  await server.close();
  await expect(stranger.ask(receipt)).rejects.toMatchObject({ name: 'ConnectError', code: 'relay' });
  const signal = AbortSignal.abort('enough');
  await expect(mailer.ask(receipt, { signal })).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
});
