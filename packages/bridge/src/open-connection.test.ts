import { SmtpError } from '@posthaste/smtp-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../fixture/certificate.ts';
import { startPeer } from '../fixture/peer.ts';
import { connect } from './connect/node.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { type Listener, type ListenOptions, listen } from './listen/node.ts';
import { openConnection } from './open-connection.ts';
import type { ReceivedMessage, ServeHandler, ServeSession } from './serve-handler.ts';
import type { Socket } from './socket.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (octets: Uint8Array) => new TextDecoder().decode(octets);
const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const message = encode('Subject: Hello\r\n\r\n.dot\r\nline\r\n');

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

const listeners: Listener[] = [];
afterEach(() => Promise.all(listeners.splice(0).map(listener => listener.close())));

interface Inbox {
  readonly received: ReceivedMessage[];
  options(change?: Partial<ConnectionOptions>): ConnectionOptions;
}

async function inbox(
  mode: ListenOptions['mode'] = 'plain',
  handler: ServeHandler = {},
  shown: Certificate = certificate,
): Promise<Inbox> {
  const received: ReceivedMessage[] = [];
  const listener = await listen({
    mode,
    cert: shown.cert,
    key: shown.key,
    server: { serverName: 'mx.test', extensions: ['PIPELINING', '8BITMIME', 'CHUNKING'] },
    handler: { onMessage: arrived => void received.push(arrived), ...handler },
  });
  listeners.push(listener);
  return {
    received,
    options: change => ({
      hostname: 'localhost',
      port: listener.port,
      tls: mode === 'plain' ? 'none' : mode,
      tlsOptions: { ca: shown.ca },
      ...change,
    }),
  };
}

describe.each(['plain', 'starttls', 'implicit'] as const)('%s', mode => {
  test('a message arrives octet for octet', async () => {
    const { received, options } = await inbox(mode);
    const connection = await openConnection(options());
    expect(connection.secure).toBe(mode !== 'plain');
    const result = await connection.sendRaw(envelope, message);
    await connection.quit();

    expect(result).toMatchObject({ accepted: ['bob@example.net'], rejected: [], code: 250 });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ envelope, session: { secure: mode !== 'plain' } });
    expect(decode(received[0]!.content)).toBe(decode(message));
  });

  test('many messages queue on one connection, each with its own result', async () => {
    const { received, options } = await inbox(mode, {
      onRcpt: ({ to }) =>
        to.startsWith('no') ? { code: 550, text: 'unknown', enhanced: '5.1.1' } : undefined,
    });
    await using connection = await openConnection(options());
    const names = Array.from({ length: 50 }, (_, at) => `${at % 5 === 0 ? 'no' : 'yes'}${at}@example.net`);
    const results = await Promise.allSettled(
      names.map(name => connection.sendRaw({ ...envelope, to: [name] }, message)),
    );
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
      names.map(name => name.startsWith('yes')),
    );
    expect(received.map(arrived => arrived.envelope.to[0])).toEqual(
      names.filter(name => name.startsWith('yes')),
    );
  });
});

describe('content', () => {
  const octets = new Uint8Array(1_500_000).map((_, at) => (at % 71 === 70 ? 10 : 97 + (at % 26)));
  const wired = decode(octets).replaceAll('\n', '\r\n');

  test.each([
    ['octets', () => octets],
    ['a web stream', () => new Response(octets).body!],
    [
      'an async iterable of odd pieces',
      async function* () {
        for (let at = 0, size = 1; at < octets.length; at += size, size = (size * 7) % 99_991) {
          yield octets.subarray(at, at + size);
        }
      },
    ],
  ])('from %s arrives whole', async (_, content) => {
    const { received, options } = await inbox();
    await using connection = await openConnection(options());
    await connection.sendRaw(envelope, content());
    expect(decode(received[0]!.content).replace(/\r\n$/, '')).toBe(wired.replace(/\r\n$/, ''));
  });

  test('by BDAT arrives whole', async () => {
    const { received, options } = await inbox();
    await using connection = await openConnection(options({ transfer: 'bdat' }));
    await connection.sendRaw(envelope, octets);
    expect(decode(received[0]!.content)).toBe(wired);
  });

  test('of another kind is refused before anything is written', async () => {
    const { received, options } = await inbox();
    await using connection = await openConnection(options());
    await expect(connection.sendRaw(envelope, 'text' as never)).rejects.toThrow(TypeError);
    expect(await connection.noop()).toMatchObject({ code: 250 });
    expect(received).toHaveLength(0);
  });
});

describe('no connection', () => {
  test.each(['starttls', 'implicit'] as const)('%s: each fault of a certificate has its code', async mode => {
    const { options } = await inbox(mode);
    await expect(openConnection(options({ tlsOptions: {} }))).rejects.toMatchObject({
      name: 'ConnectError',
      code: 'tls-untrusted',
      kind: 'tls',
    });
    await expect(openConnection(options({ hostname: '127.0.0.2' }))).rejects.toMatchObject({
      code: 'refused',
    });
    const renamed = { ca: certificate.ca, serverName: 'other.test' };
    await expect(openConnection(options({ tlsOptions: renamed }))).rejects.toMatchObject({
      code: 'tls-hostname',
    });
    const expired = await inbox(mode, {}, makeCertificate(undefined, -1));
    await expect(openConnection(expired.options())).rejects.toMatchObject({ code: 'tls-expired' });
  });

  test('implicit TLS on a plaintext port', async () => {
    const { options } = await inbox('plain');
    await expect(openConnection(options({ tls: 'implicit' }))).rejects.toMatchObject({
      code: 'wrong-tls-mode',
      advice: expect.stringContaining("speaks plaintext first; set tls: 'starttls'"),
    });
  });

  test('plaintext on a port with implicit TLS', async () => {
    const { options } = await inbox('implicit');
    const silent = options({ tls: 'starttls', timeouts: { greeting: 5000 } });
    await expect(openConnection(silent)).rejects.toMatchObject({
      code: 'wrong-tls-mode',
      advice: expect.stringContaining("expects implicit TLS; set tls: 'implicit'"),
    });
  });

  test('plaintext on a port with implicit TLS is recognised long before a greeting is overdue', async () => {
    const { options } = await inbox('implicit');
    await expect(openConnection(options({ tls: 'none' }))).rejects.toMatchObject({
      code: 'wrong-tls-mode',
      advice: expect.stringContaining("expects implicit TLS; set tls: 'implicit'"),
    });
  });

  test('a server may hold its greeting back for longer than it takes to suspect TLS', async () => {
    let answered!: () => void;
    const asked = new Promise<void>(resolve => {
      answered = resolve;
    });
    const server = await startPeer(async peer => {
      if (peer !== server.peers[0]) {
        // The ClientHello (RFC 8446 §5.1).
        await peer.until('\x16\x03');
        peer.socket.end('220 mx.test\r\n');
        await peer.ended;
        return answered();
      }
      await asked;
      peer.send('220 mx.test\r\n');
      await peer.answer(['EHLO', '250 mx.test\r\n'], ['NOOP', '250 ok\r\n']);
    });
    const connection = await openConnection({ hostname: '127.0.0.1', port: server.port, tls: 'none' });
    expect(await connection.noop()).toMatchObject({ code: 250 });
    expect(server.peers).toHaveLength(2);
    await connection.close();
    await server.stop();
  });

  test('a TLS record in place of a greeting', async () => {
    const server = await startPeer(peer => peer.socket.write(Uint8Array.of(0x15, 3, 1, 0, 2, 2, 70)));
    const opening = openConnection({ hostname: '127.0.0.1', port: server.port, tls: 'starttls' });
    await expect(opening).rejects.toMatchObject({ code: 'wrong-tls-mode' });
    await server.stop();
  });

  test.each([
    ['not offered', ['250 mx.test\r\n']],
    ['refused', ['250-mx.test\r\n250 STARTTLS\r\n', '454 not now\r\n']],
  ])('STARTTLS %s: nothing is sent in the clear', async (_, replies) => {
    const server = await startPeer(async peer => {
      peer.send('220 mx.test\r\n');
      for (const reply of replies) {
        await peer.line();
        peer.send(reply);
      }
    });
    const opening = openConnection({ hostname: '127.0.0.1', port: server.port });
    await expect(opening).rejects.toMatchObject({ name: 'SmtpError', kind: 'tls', phase: 'starttls' });
    await server.peers[0]!.ended;
    expect(server.peers[0]!.heard).not.toMatch(/MAIL|AUTH/);
    await server.stop();
  });

  test.each([
    ['in its write', { reason: 'starttls-injection' }],
    ['once the handshake has begun', { code: 'tls-handshake' }],
  ] as const)('octets injected behind the reply to STARTTLS, %s', async (when, error) => {
    const server = await startPeer(async peer => {
      peer.send('220 mx.test\r\n');
      await peer.answer(['EHLO', '250-mx.test\r\n250 STARTTLS\r\n']);
      await peer.line();
      if (when === 'in its write') return peer.send('220 go\r\n250-injected\r\n');
      peer.send('220 go\r\n');
      // The ClientHello (RFC 8446 §5.1).
      await peer.until('\x16\x03');
      peer.send('250-injected\r\n');
    });
    const opening = openConnection({ hostname: '127.0.0.1', port: server.port });
    await expect(opening).rejects.toMatchObject(error);
    await server.stop();
  });

  test('a connect that takes too long', async () => {
    const never = {
      ...new (class {})(),
      opened: new Promise<never>(() => {}),
      close: async () => {},
    } as unknown as Socket;
    const opening = openConnection({ hostname: 'mx.test', connect: () => never, timeouts: { connect: 50 } });
    await expect(opening).rejects.toMatchObject({ code: 'timeout', host: 'mx.test', port: 587 });
  });

  test.each<[string, Record<string, unknown>, typeof Error | typeof SmtpError | RegExp | string]>([
    ['a port', { port: 70_000 }, RangeError],
    ['a host name', { hostname: 'mx.test:587' }, TypeError],
    ['a host name with a control', { hostname: 'mx.test\r\n' }, TypeError],
    ['a client name', { clientName: 'a b' }, SmtpError],
    ['an option', { host: 'mx.test' }, /^Use one of hostname, .*: there is no "host" in the options of/],
    ['a deadline', { timeouts: { conect: 5 } }, /^Use one of connect, .*: there is no "conect" in timeouts$/],
    [
      'an option of TLS',
      { tlsOptions: { rejectUnauthorized: false } },
      /there is no "rejectUnauthorized" in/,
    ],
    ['all deadlines', { timeouts: 5 }, 'Pass timeouts as an object'],
    ...[0, -1, Number.NaN, -Infinity, '5', null].map((ms): [string, Record<string, unknown>, RegExp] => [
      `${ms} for a time`,
      { timeouts: { greeting: ms } },
      /^Set timeouts.greeting to milliseconds above 0, not (-?[\dNI]\w*|string|object)$/,
    ]),
  ])('%s that is none is refused before anything is opened', async (_, wrong, type) => {
    const connect = () => {
      throw new Error('connected');
    };
    await expect(openConnection({ hostname: 'mx.test', connect, ...wrong })).rejects.toThrow(type);
  });

  test.each([
    'smtps://ann:canary@mx.test',
    'ann:canary@mx.test',
    'ann:canary',
    'mx.test/canary',
    'mx.test?canary',
  ])('a URL for a host name is refused without its password: %s', async hostname => {
    const message = 'Give the host name alone: no scheme, port, user, password or path';
    await expect(openConnection({ hostname })).rejects.toThrow(new TypeError(message));
    const address = { hostname, port: 25 };
    expect(() => connect(address, { secureTransport: 'off' })).toThrow(new TypeError(message));
  });
});

test.each([1500.5, 3e9, Infinity])('%d milliseconds are waited for', async ms => {
  const { options } = await inbox('plain');
  const timeouts = { connect: ms, greeting: ms, hello: ms, quit: ms };
  await using connection = await openConnection(options({ timeouts }));
  expect(connection.open).toBe(true);
});

test('the local address can be chosen, and names the client', async () => {
  let session: ServeSession | undefined;
  const { options } = await inbox('plain', { onHello: (_, told) => void (session = told) });
  await using connection = await openConnection(
    options({ hostname: '127.0.0.1', localAddress: '127.0.0.9' }),
  );
  expect(connection.open).toBe(true);
  // A machine with a full name of its own says that one.
  const clientName = expect.stringMatching(/^\[127\.0\.0\.9\]$|^[^[]+\./);
  expect(session).toMatchObject({ remoteAddress: '127.0.0.9', clientName });
});
