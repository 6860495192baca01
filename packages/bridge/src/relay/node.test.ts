import { createServer, type Socket as TcpSocket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serve } from '@hono/node-server';
import { plain } from '@posthaste/smtp-core';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../fixture/certificate.ts';
import { DialledSockets } from '../../fixture/dialled-sockets.ts';
import { ScriptedBrowser } from '../../fixture/scripted-browser.ts';
import { relayConnect } from '../connect/websocket.ts';
import { type ListenOptions, listen } from '../listen/node.ts';
import { openConnection } from '../open-connection.ts';
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

/** A TCP server in the test's own hands. */
async function tcpServer(onSocket: (socket: TcpSocket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    closing.push(() => socket.destroy());
    onSocket(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as { port: number }).port;
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

describe('the mail server’s TLS', () => {
  const trusted = makeCertificate();
  const stranger = makeCertificate();
  const misnamed = makeCertificate('DNS:other.test');

  it.each(['implicit', 'starttls'] as const)('%s is verified, and told', async mode => {
    const { port, received } = await mailServer({ mode, cert: trusted.cert, key: trusted.key });
    const { join } = await relayOn({ port, host: 'localhost', tls: mode, ca: trusted.ca });
    const browser = await join();
    browser.open(await mint());
    expect(await browser.control('opened')).toMatchObject({
      secure: { proto: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) },
    });
    await browser.until(/^220 /);
    await browser.write(
      'EHLO page.test\r\nMAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n',
    );
    await browser.until(/^354 [^\n]*\n$/m);
    await browser.write('x\r\n.\r\n');
    await browser.until(/^250 [^\n]*\n$/);
    expect(received.length).toBe(1);
  });

  it.each([
    ['implicit', 'an authority nobody trusts', stranger, 'connect'],
    ['implicit', 'another name', misnamed, 'connect'],
    ['starttls', 'an authority nobody trusts', stranger, 'tls'],
    ['starttls', 'another name', misnamed, 'tls'],
  ] as const)('%s with %s is 4525', async (mode, _, certificate, phase) => {
    const { port } = await mailServer({ mode, cert: certificate.cert, key: certificate.key });
    const ca = [trusted.ca, misnamed.ca];
    const { join } = await relayOn({ port, host: 'localhost', tls: mode, ca });
    const browser = await join();
    browser.open(await mint());
    expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM_TLS', phase });
    expect((await browser.closed).code).toBe(4525);
  });

  it('octets before the handshake are an injection, in bytes mode', async () => {
    const dialled = new DialledSockets();
    const replies = ['220 mx.test\r\n', '220 go\r\n'];
    const injected = '250 injected\r\n';
    let inject = () => {};
    const port = await tcpServer(socket => {
      inject = () => void socket.write(injected);
      socket.write(replies[0]!);
      socket.once('data', () => socket.write(replies[1]!));
    });
    const { join } = await relayOn({ port, tls: 'starttls', mode: 'bytes' });
    const browser = await join();
    browser.open(await mint());
    await browser.until(/^220 mx/);
    await browser.write('STARTTLS\r\n');
    await browser.until(/^220 go/);
    // The browser has its answer, so the relay passes nothing more on before it is asked for something.
    inject();
    await dialled.received(port, [...replies, injected].join('').length);
    browser.say({ t: 'starttls' });
    expect(await browser.control('error')).toMatchObject({ code: 'E_TLS_INJECTION' });
    expect(browser.text).not.toContain('injected');
  });

  it('nobody listens: 4502', async () => {
    const { join } = await relayOn({ port: 1 });
    const browser = await join();
    browser.open(await mint());
    expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM', phase: 'connect' });
  });
});

describe('the door', () => {
  it('opens for the relay’s subprotocol and agrees on it', async () => {
    const { port } = await mailServer();
    const { url } = await relayOn({ port });
    const open = (protocols: string[]) =>
      new Promise<string>(resolve => {
        const webSocket = new WebSocket(url, protocols);
        webSocket.addEventListener('open', () => resolve(webSocket.protocol));
        webSocket.addEventListener('error', () => resolve('refused'));
        closing.push(() => webSocket.close());
      });
    expect(await open([relaySubprotocol])).toBe(relaySubprotocol);
    expect(await open(['chat', relaySubprotocol])).toBe(relaySubprotocol);
    expect(await open([])).toBe('refused');
    expect(await open(['chat'])).toBe('refused');
    const response = await fetch(url.replace('ws', 'http'));
    expect(response.status).toBe(426);
    expect(await response.text()).toContain(relaySubprotocol);
  });

  it('closes on a message that is too large before it is read', async () => {
    const { port } = await mailServer();
    const { join } = await relayOn({ port, mode: 'bytes' });
    const browser = await join();
    browser.open(await mint());
    await browser.until(/^220/);
    browser.push(new Uint8Array(65_537));
    expect((await browser.closed).code).toBe(1009);
  });

  it('pins names to the addresses it has vetted', async () => {
    const { port } = await mailServer();
    const { join } = await relayOn({ port, host: 'localhost', allowPrivate: false });
    const browser = await join();
    browser.open(await mint());
    expect(await browser.control('error')).toMatchObject({ code: 'E_POLICY' });
  });

  it('knows no origin of a program, and refuses it', async () => {
    const { port } = await mailServer();
    const { join } = await relayOn({ port });
    const program = await join({});
    program.open(await mint());
    expect(await program.control('error')).toMatchObject({ code: 'E_POLICY' });
  });
});

describe('our own client through the relay', () => {
  class PageWebSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, { protocols, headers: { origin } } as never);
    }
  }
  const credentials = { user: 'ann', pass: 'canary-password' };

  it.each([
    ['submit', 'none', 'none'],
    ['submit', 'starttls', 'none'],
    ['bytes', 'none', 'none'],
    ['bytes', 'starttls', 'starttls'],
    ['bytes', 'implicit', 'implicit'],
  ] as const)('%s, tls %s', async (mode, upstreamTls, tls) => {
    const { cert, key, ca } = makeCertificate();
    const { port, received } = await mailServer({
      mode: upstreamTls === 'none' ? 'plain' : upstreamTls,
      cert,
      key,
      server: { serverName: 'mx.test', extensions: ['PIPELINING'], auth: ['PLAIN'], allowInsecureAuth: true },
      handler: {
        onAuth: () => undefined,
        onMessage: message => void received.push(message),
      },
    });
    const auth = () => [plain(credentials)];
    const lines: string[] = [];
    const { url } = await relayOn(
      {
        port,
        host: 'localhost',
        mode,
        tls: upstreamTls,
        ca,
        ...(mode === 'submit' && upstreamTls !== 'none' ? { auth } : {}),
      },
      { log: event => lines.push(JSON.stringify(event)) },
    );
    const connect = relayConnect({ url, token: () => mint(), WebSocket: PageWebSocket as never });
    const connection = await openConnection({
      hostname: 'localhost',
      tls,
      connect,
      ...(mode === 'bytes' ? { auth: auth(), allowInsecureAuth: true } : {}),
      onTranscript: ({ text }) => lines.push(text),
    });
    const content = new TextEncoder().encode(`${'z'.repeat(76)}\r\n`.repeat(20_000));
    const result = await connection.sendRaw({ from: 'ann@example.com', to: ['bob@example.net'] }, content);
    expect(result.accepted).toEqual(['bob@example.net']);
    await connection.quit();
    expect(received.map(({ content: { length } }) => length)).toEqual([content.length]);
    expect(lines.join('\n')).not.toMatch(/canary/);
  });
});

// Minutes, where the machine is slow and has other things to do.
describe('a transfer of 100 MiB in bytes mode', { timeout: 480_000 }, () => {
  const total = 100 * 1_048_576;

  it('moves up past a server that reads slowly, and the relay holds no more than its windows', async () => {
    let taken = 0;
    let chunks = 0;
    const port = await tcpServer(socket => {
      socket.on('data', data => {
        taken += data.length;
        // Slower than the browser sends, so that the relay would have to hold much of it.
        if (++chunks % 4 !== 0) return;
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
    });
    const { join } = await relayOn({ port, mode: 'bytes' }, { limits: { upBytes: 2 * total } });
    const browser = await join();
    browser.open(await mint({ bytes: 2 * total }));
    await browser.control('opened');
    const peak = await peakMemory(async () => {
      const block = new Uint8Array(65_536);
      for (let sent = 0; sent < total; sent += block.length) await browser.write(block);
      while (taken < total) await new Promise(resolve => setTimeout(resolve, 5));
    });
    expect(taken).toBe(total);
    expect(peak).toBeLessThan(24 * 1_048_576);
  });

  it('moves down to a browser that reads slowly', async () => {
    const port = await tcpServer(socket => {
      const block = new Uint8Array(65_536);
      let left = total;
      const pour = (): void => {
        while (left > 0) {
          left -= block.length;
          if (!socket.write(block)) return void socket.once('drain', pour);
        }
        socket.end();
      };
      pour();
    });
    const { join } = await relayOn({ port, mode: 'bytes' });
    const browser = await join();
    browser.open(await mint());
    const peak = await peakMemory(async () => {
      for (let heard = 262_144; heard < total; heard = browser.received + 262_144) {
        await browser.octets(Math.min(heard, total));
        browser.consuming = false;
        await new Promise(resolve => setTimeout(resolve, 1));
        browser.consume();
      }
      await browser.octets(total);
    });
    await browser.control('end');
    expect(browser.received).toBe(total);
    expect(peak).toBeLessThan(24 * 1_048_576);
  });
});

describe('octets that come down side by side', () => {
  const total = 6 * 1_048_576;

  /** Octets of a session from an offset on: they differ from those of others and repeat in step with no block. */
  const stretch = (session: number, from: number, length: number): Uint8Array =>
    Uint8Array.from({ length }, (_, at) => ((from + at) % 251) ^ (session << 6));

  it('reach each browser as its server sent them, read slowly or at once', async () => {
    const port = await tcpServer(socket => {
      socket.once('data', ([session]) => {
        const pattern = stretch(session!, 0, 50_000 + 251);
        let sent = 0;
        const pour = (): void => {
          while (sent < total) {
            const length = Math.min(50_000, total - sent);
            const octets = pattern.subarray(sent % 251, (sent % 251) + length);
            sent += length;
            if (!socket.write(octets)) return void socket.once('drain', pour);
          }
          socket.end();
        };
        pour();
      });
    });
    const { url } = await relayOn({ port, mode: 'bytes' }, { allowNonBrowser: true });
    const connect = relayConnect({ url, token: () => mint({ conns: 4 }) });
    const drink = async (session: number): Promise<number> => {
      const socket = connect({ hostname: 'any.test', port }, { secureTransport: 'off' });
      closing.push(() => socket.close());
      await socket.writable.getWriter().write(Uint8Array.of(session));
      const pattern = stretch(session, 0, 65_536 + 251);
      let heard = 0;
      let pieces = 0;
      for await (const octets of socket.readable) {
        const expected = pattern.subarray(heard % 251, (heard % 251) + octets.length);
        if (Buffer.compare(octets, expected) !== 0) throw new Error(`Octets behind ${heard} are others`);
        heard += octets.length;
        if (session % 2 === 1 && ++pieces % 8 === 0) await new Promise(resolve => setTimeout(resolve, 1));
      }
      return heard;
    };
    expect(await Promise.all([0, 1, 2, 3].map(drink))).toEqual([total, total, total, total]);
  });
});

/** Most memory in use for octets and objects while `work` runs, above what was in use before, garbage not counted. */
async function peakMemory(work: () => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = async (): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    // Buffers are swept behind our back: only what several collections in a row leave is held by someone.
    for (let round = 0; round < 4; round++) {
      collect();
      await new Promise(resolve => setTimeout(resolve, 2));
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      least = Math.min(least, heapUsed + arrayBuffers);
    }
    return least;
  };
  const before = await used();
  let peak = 0;
  let working = true;
  const watching = (async () => {
    while (working) {
      peak = Math.max(peak, (await used()) - before);
      await new Promise(resolve => setTimeout(resolve, 80));
    }
  })();
  await work().finally(() => {
    working = false;
  });
  await watching;
  return peak;
}
