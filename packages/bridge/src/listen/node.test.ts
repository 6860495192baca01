import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Certificate, makeCertificate } from '../../fixture/certificate.ts';
import { openConnection } from '../open-connection.ts';
import { listen } from './node.ts';

const server = { serverName: 'mx.test' };
const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };

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

  test('TLS without a certificate is refused', async () => {
    await expect(listen({ mode: 'starttls', server, handler: {} })).rejects.toThrow(TypeError);
  });

  test('a port that is taken is an error', async () => {
    await using listener = await listen({ server, handler: {} });
    await expect(listen({ port: listener.port, server, handler: {} })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
