import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ServerOptions } from '@posthaste/smtp-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Certificate, makeCertificate } from '../../fixture/certificate.ts';
import { openConnection } from '../open-connection.ts';
import type { ReceivedMessage } from '../serve-handler.ts';
import { listen } from './node.ts';

const server = { serverName: 'mx.test' };
const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };

function raise(error: Error): never {
  throw error;
}

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

describe('listen', () => {
  test('serves many clients at once and counts each', async () => {
    let received = 0;
    await using listener = await listen({ server, handler: { onMessage: () => void received++ } });
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await using connection = await openConnection({
          hostname: '127.0.0.1',
          port: listener.port,
          tls: 'none',
        });
        await connection.sendRaw(envelope, new Uint8Array(10_000).fill(97));
      }),
    );
    expect(received).toBe(20);
  });

  test('makes the options of each session when asked to', async () => {
    let sessions = 0;
    await using listener = await listen({
      server: () => ({ serverName: `mx${++sessions}.test` }),
      handler: {},
    });
    for (const name of ['mx1.test', 'mx2.test']) {
      const socket = connect(listener.port, '127.0.0.1');
      expect(String((await once(socket, 'data'))[0])).toContain(name);
      socket.destroy();
    }
  });

  test('says goodbye to every client when it closes, and the port is free', async () => {
    const listener = await listen({ server, handler: {} });
    const connection = await openConnection({ hostname: '127.0.0.1', port: listener.port, tls: 'none' });
    await listener.close();
    await connection.closed;
    await expect(connection.noop()).rejects.toMatchObject({
      kind: 'disconnected',
      cause: { kind: 'closing', code: 421 },
    });
    // Somebody's outgoing connection may have been given that port meanwhile.
    const again = await vi.waitFor(() => listen({ port: listener.port, server, handler: {} }), {
      timeout: 30_000,
      interval: 500,
    });
    await again.close();
  });

  test('closes when its signal aborts', async () => {
    const stop = new AbortController();
    const listener = await listen({ server, handler: {}, signal: stop.signal });
    const socket = connect(listener.port, '127.0.0.1');
    await once(socket, 'data');
    stop.abort();
    await once(socket, 'close');
  });

  test('survives clients that break their TLS handshake', async () => {
    const errors: unknown[] = [];
    const { cert, key } = certificate;
    await using listener = await listen({
      mode: 'implicit',
      cert,
      key,
      server,
      handler: { onMessage: () => undefined, onError: error => void errors.push(error) },
    });
    const socket = connect(listener.port, '127.0.0.1').on('error', () => {});
    socket.write('EHLO plaintext.test\r\n');
    await new Promise(resolve => socket.once('close', resolve));
    await expect.poll(() => errors, { timeout: 30_000 }).toHaveLength(1);
    const good = {
      hostname: 'localhost',
      port: listener.port,
      tls: 'implicit',
      tlsOptions: { ca: certificate.ca },
    } as const;
    await using connection = await openConnection(good);
    expect(await connection.sendRaw(envelope, new Uint8Array(1))).toMatchObject({ code: 250 });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['TLS without a certificate', { mode: 'starttls' }, 'Give cert and key as PEM text'],
    ['a certificate for no TLS', { cert: 'x', key: 'x' }, "Set mode to 'starttls' or 'implicit', or leave"],
    ['tls for a mode', { mode: 'tls' }, "Set mode to 'plain', 'starttls' or 'implicit', not \"tls\""],
    ['STARTTLS for a mode', { mode: 'STARTTLS', cert: 'x', key: 'x' }, 'not "STARTTLS"'],
    ['an option that there is not', { prot: 2500 }, 'there is no "prot" in the options of listen'],
    [
      'TLS with nothing for a certificate',
      { mode: 'starttls', cert: null, key: null },
      'Give cert and key as',
    ],
    ...['onMesage', 'onMessages', 'onMesasge', 'onMassage', 'onmessage', 'OnMessage'].map(
      (name): [string, Record<string, unknown>, string] => [
        `${name} for onMessage`,
        { handler: { [name]() {} } },
        `Use onMessage: there is no "${name}" in handler`,
      ],
    ),
    [
      'a mistyped answer of a class',
      {
        handler: new (class {
          onRctp() {}
        })(),
      },
      'Use onRcpt: there is no "onRctp" in handler',
    ],
    ['no handler', { handler: undefined }, 'Pass handler as an object'],
    ['text for a handler', { handler: 'x' }, 'Pass handler as an object'],
    ['a function for a handler', { handler: () => {} }, 'Pass handler as an object'],
    ['no server', { server: undefined }, 'Pass server as an object'],
    [
      'a server option that there is not',
      { server: { ...server, tls: true } },
      'there is no "tls" in server',
    ],
    ...['mail_dev', '', 'a b', 'host.'].map((serverName): [string, Record<string, unknown>, string] => [
      `${JSON.stringify(serverName)} for a name`,
      { server: { serverName } },
      `Give serverName as a domain or address literal, not ${JSON.stringify(serverName)}`,
    ]),
  ])('refuses %s before it listens', async (_, wrong, message) => {
    await expect(listen({ server, handler: {}, ...wrong })).rejects.toThrow(message);
  });

  test('a handler may have more about it than its answers, and inherit these', async () => {
    class Desk {
      readonly received: string[] = [];
      once = true;
      onClose() {}
      onFail() {}
      onErrors = 0;
      onError() {}
      onMessage({ envelope }: ReceivedMessage) {
        this.received.push(...envelope.to);
      }
    }
    const desk = Object.assign(new (class extends Desk {})(), { onConnect() {} });
    const nothing = { cert: null, key: null } as object;
    await using listener = await listen({ server, handler: desk, ...nothing });
    await using connection = await openConnection({
      hostname: '127.0.0.1',
      port: listener.port,
      tls: 'none',
    });
    await connection.sendRaw(envelope, new Uint8Array(1));
    expect(desk.received).toEqual(envelope.to);
    class Misspelt extends Desk {
      onMesage() {}
    }
    await expect(listen({ server, handler: new Misspelt() })).rejects.toThrow('there is no "onMesage"');
  });

  test.each<[string, () => ServerOptions]>([
    ['throws', () => raise(new Error('No options today'))],
    ['gives what cannot be obeyed', () => ({ serverName: 'mail_dev' })],
  ])('a client whose options nobody has is told 421: the function %s', async (_, broken) => {
    const errors: [unknown, string | undefined][] = [];
    let clients = 0;
    await using listener = await listen({
      server: () => (++clients === 1 ? broken() : server),
      handler: { onError: (error, { remoteAddress }) => void errors.push([error, remoteAddress]) },
    });
    const socket = connect(listener.port, '127.0.0.1');
    expect(await text(socket)).toMatch(/(^|\n)421 .*\r\n$/);
    expect(errors).toEqual([[expect.any(Error), '127.0.0.1']]);
    const next = connect(listener.port, '127.0.0.1');
    expect(String((await once(next, 'data'))[0])).toContain('220 mx.test');
    next.destroy();
  });

  test('a port that is taken is an error', async () => {
    await using listener = await listen({ server, handler: {} });
    await expect(listen({ port: listener.port, server, handler: {} })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
