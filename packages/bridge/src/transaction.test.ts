import { SmtpError } from '@posthaste/smtp-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type LoopbackRelay, openLoopbackRelay } from '../fixture/relay-on-loopback.ts';
import { relayConnect, relayOutcome } from './connect/websocket.ts';
import type { Connection } from './connection.ts';
import { KnownTransactionError } from './error.ts';
import { listen } from './listen/node.ts';
import { openConnection } from './open-connection.ts';
import type { RelayTarget } from './relay/target.ts';
import type { Refusal } from './serve-handler.ts';
import { makeTransactionId } from './transaction.ts';

const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const message = new TextEncoder().encode('Subject: Lunch\r\n\r\nAt noon?\r\n');
const id = '00112233445566778899aabbccddeeff';

type Final = (subject: string) => Promise<string | Refusal | undefined> | string | Refusal | undefined;

interface Scene {
  /** Subjects of what the mail server took, in its order. */
  readonly taken: string[];
  readonly relay: LoopbackRelay;
  /** What the mail server says at the end of a message. */
  final: Final;
  /** Connects through the relay; `cut` ends the WebSocket as a network would. */
  enter(): Promise<{ readonly connection: Connection; cut(): void }>;
}

/** A mail server behind a relay, everything over real sockets. */
async function scene(change: Partial<RelayTarget> = {}): Promise<Scene> {
  const taken: string[] = [];
  const listener = await listen({
    server: { serverName: 'mx.test', extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'] },
    handler: {
      async onMessage({ content }) {
        const subject = /^Subject: (.*)\r$/m.exec(new TextDecoder().decode(content))![1]!;
        const verdict = await all.final(subject);
        if (typeof verdict !== 'object') taken.push(subject);
        return verdict;
      },
    },
  });
  const relay = await openLoopbackRelay({ port: listener.port, ...change });
  onTestFinished(async () => {
    await listener.close();
    await relay.close();
  });
  const all: Scene = {
    taken,
    relay,
    final: () => '2.0.0 Ok: queued as 4F2',
    async enter() {
      let webSocket!: WebSocket;
      class Cuttable extends WebSocket {
        constructor(url: string, protocols: string) {
          super(url, protocols);
          webSocket = this;
        }
      }
      const connect = relayConnect({
        url: relay.url,
        token: () => relay.mint(),
        WebSocket: Cuttable as never,
      });
      const connection = await openConnection({ hostname: 'relay.test', tls: 'none', connect });
      onTestFinished(() => connection.close());
      return { connection, cut: () => webSocket.terminate() };
    },
  };
  return all;
}

const ask = ({ relay }: Scene, sub?: string, name = id) =>
  relayOutcome({ url: relay.url, token: () => relay.mint(sub) }, name);

/** Asks until the mail server has decided. */
async function decided(all: Scene) {
  for (let n = 0; n < 500; n++) {
    const outcome = await ask(all);
    if (outcome.state !== 'pending') return outcome;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('The outcome stayed pending');
}

describe('a message under a name', () => {
  it('whose answer was lost is asked about on a new connection, and not taken twice', async () => {
    const all = await scene();
    const { connection, cut } = await all.enter();
    let answer = (): void => {};
    const lost = new Promise<void>(resolve => {
      answer = resolve;
    });
    all.final = async () => {
      cut();
      await lost;
      return '2.0.0 Ok: queued as 4F2';
    };
    const sending = connection.sendRaw(envelope, message, { transaction: id });
    await expect(sending).rejects.toMatchObject({ name: 'SmtpError', deliveryUnknown: true });
    expect(await ask(all)).toEqual({ state: 'pending' });
    answer();
    const outcome = {
      state: 'accepted',
      reply: { code: 250, enhanced: '2.0.0', lines: ['2.0.0 Ok: queued as 4F2'] },
    };
    expect(await decided(all)).toEqual(outcome);

    const again = await all.enter();
    const resending = again.connection.sendRaw(envelope, message, { transaction: id });
    await expect(resending).rejects.toBeInstanceOf(KnownTransactionError);
    await expect(resending).rejects.toMatchObject({ code: 'known-transaction', outcome });
    expect(all.taken).toEqual(['Lunch']);
  });

  it('that the mail server refused stays refused', async () => {
    const all = await scene();
    all.final = () => ({ code: 554, text: 'Looks like spam', enhanced: '5.7.1' });
    const { connection } = await all.enter();
    const sending = connection.sendRaw(envelope, message, { transaction: id });
    await expect(sending).rejects.toMatchObject({ kind: 'reply', code: 554 });
    expect(await ask(all)).toEqual({
      state: 'rejected',
      reply: { code: 554, enhanced: '5.7.1', lines: ['5.7.1 Looks like spam'] },
    });
  });

  it('is known to the relay from its answer, to no other user, and asking does not use the name up', async () => {
    const all = await scene();
    expect(await ask(all)).toEqual({ state: 'new' });
    const { connection } = await all.enter();
    await connection.sendRaw(envelope, message, { transaction: id });
    expect(await ask(all, 'user-2')).toEqual({ state: 'new' });
    expect((await ask(all)).state).toBe('accepted');
    expect((await ask(all)).state).toBe('accepted');
  });

  it('keeps its place among others on the connection', async () => {
    const all = await scene();
    const { connection } = await all.enter();
    const subjects = ['one', 'two', 'three', 'four', 'five', 'six'];
    const names = subjects.map(() => makeTransactionId());
    all.final = subject =>
      subject === 'three' ? { code: 550, text: 'Not this one' } : `2.0.0 queued as ${subject}`;
    const results = await Promise.allSettled(
      subjects.map((subject, n) =>
        connection.sendRaw(envelope, new TextEncoder().encode(`Subject: ${subject}\r\n\r\n`), {
          // The second has none of its own, and must not be taken for another.
          ...(n !== 1 && { transaction: names[n]! }),
        }),
      ),
    );
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      false,
      true,
      true,
      true,
    ]);
    const outcomes = await Promise.all(names.map(name => ask(all, undefined, name)));
    expect(outcomes.map(({ state, reply }) => reply?.lines[0] ?? state)).toEqual([
      '2.0.0 queued as one',
      'new',
      '5.0.0 Not this one',
      '2.0.0 queued as four',
      '2.0.0 queued as five',
      '2.0.0 queued as six',
    ]);
  });

  it('that never began leaves its name to nobody else', async () => {
    const all = await scene();
    const { connection } = await all.enter();
    const unfit = { ...envelope, smtputf8: true, to: ['bøb@example.net'] };
    await expect(connection.sendRaw(unfit, message, { transaction: id })).rejects.toMatchObject({
      kind: 'unsupported',
    });
    await connection.sendRaw(envelope, message);
    expect(await ask(all)).toEqual({ state: 'new' });
    await connection.sendRaw(envelope, message, { transaction: id });
    expect(all.taken).toHaveLength(2);
  });

  it('is refused before anything is written where nobody takes names', async () => {
    const direct = await listen({ server: { serverName: 'mx.test' }, handler: { onMessage: () => {} } });
    onTestFinished(() => direct.close());
    const connection = await openConnection({ hostname: '127.0.0.1', port: direct.port, tls: 'none' });
    onTestFinished(() => connection.close());
    expect(connection.namesTransactions).toBe(false);
    const sending = connection.sendRaw(envelope, message, { transaction: id });
    await expect(sending).rejects.toThrow(TypeError);
    expect((await connection.sendRaw(envelope, message)).accepted).toEqual(envelope.to);

    const tunnelled = await (await scene({ mode: 'bytes' })).enter();
    expect(tunnelled.connection.namesTransactions).toBe(false);
  });

  it.each(['', id.slice(1), id.toUpperCase(), `${id}\n`])('is refused under %j', async name => {
    const all = await scene();
    const { connection } = await all.enter();
    await expect(connection.sendRaw(envelope, message, { transaction: name })).rejects.toThrow(TypeError);
    await expect(ask(all, undefined, name)).rejects.toThrow(TypeError);
    expect(all.taken).toEqual([]);
  });
});

describe('a question that gets no answer', () => {
  it('a relay that refuses it', async () => {
    const { relay } = await scene();
    await expect(relayOutcome({ url: relay.url, token: 'v1.e30.AAAA' }, id)).rejects.toMatchObject({
      code: 'relay',
      cause: { code: 'E_TOKEN' },
    });
    const gone = relayOutcome({ url: 'ws://127.0.0.1:1/relay', token: 'x' }, id);
    await expect(gone).rejects.toMatchObject({ name: 'ConnectError', code: 'relay' });
  });

  it('a target in bytes mode, where the relay knows no transactions', async () => {
    await expect(ask(await scene({ mode: 'bytes' }))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('an abort, with its reason', async () => {
    const { relay } = await scene();
    const abort = new AbortController();
    const asking = relayOutcome({ url: relay.url, token: () => new Promise(() => {}) }, id, {
      signal: abort.signal,
    });
    abort.abort('enough');
    await expect(asking).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  });

  it('a relay lost while it is asked: the message’s own error stays', async () => {
    const all = await scene();
    const { connection, cut } = await all.enter();
    cut();
    const sending = connection.sendRaw(envelope, message, { transaction: id });
    await expect(sending).rejects.toBeInstanceOf(SmtpError);
    await expect(sending).rejects.toMatchObject({ retrySafe: true });
  });
});

describe('makeTransactionId', () => {
  it('is 128 random bits, or those it is given', () => {
    expect(makeTransactionId()).toMatch(/^[0-9a-f]{32}$/);
    expect(makeTransactionId()).not.toBe(makeTransactionId());
    expect(makeTransactionId({ random: octets => Uint8Array.from({ length: octets }, (_, n) => n) })).toBe(
      '000102030405060708090a0b0c0d0e0f',
    );
    expect(() => makeTransactionId({ random: () => new Uint8Array(3) })).toThrow(TypeError);
  });
});
