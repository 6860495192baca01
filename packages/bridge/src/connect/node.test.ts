import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../../fixture/certificate.ts';
import { DialledSockets } from '../../fixture/dialled-sockets.ts';
import type { SecureTransport, Socket, TlsOptions } from '../socket.ts';
import { connect } from './node.ts';

const encode = (text: string) => new TextEncoder().encode(text);

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

const servers: Server[] = [];
const accepted: TcpSocket[] = [];
afterEach(() => {
  for (const socket of accepted.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function plainServer(serve: (socket: TcpSocket) => void): Promise<number> {
  return listening(
    createServer({ allowHalfOpen: true }, socket => {
      accepted.push(socket.on('error', () => {}));
      serve(socket);
    }),
  );
}

function tlsServer({ cert, key } = certificate): Promise<number> {
  const server = createTlsServer({ cert, key }, socket => {
    accepted.push(socket.on('error', () => {}));
    socket.end('220 hello\r\n');
  });
  return listening(server.on('tlsClientError', () => {}));
}

function dial(
  port: number,
  secureTransport: SecureTransport,
  tls?: TlsOptions,
  hostname = 'localhost',
): Socket {
  return connect({ hostname, port }, { secureTransport, ...(tls && { tls }) });
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.readable) text += new TextDecoder().decode(chunk);
  return text;
}

describe('plain TCP', () => {
  test('octets go both ways, and each direction ends by itself', async () => {
    const port = await plainServer(socket =>
      socket.on('data', data => socket.write(data)).on('end', () => socket.end('.')),
    );
    const socket = dial(port, 'off');
    const { remoteAddress } = await socket.opened;
    const writer = socket.writable.getWriter();
    await writer.write(encode('one '));
    await writer.write(encode('two'));
    await writer.close();

    expect(await readAll(socket)).toBe('one two.');
    expect(remoteAddress).toBe('127.0.0.1');
    await socket.close();
    await socket.closed;
  });

  test('a chunk read is a Uint8Array and not a Buffer', async () => {
    const port = await plainServer(socket => socket.end('x'));
    const socket = dial(port, 'off');
    const { value } = await socket.readable.getReader().read();
    expect(value!.constructor).toBe(Uint8Array);
    await socket.close();
  });

  test('a reader that waits keeps the sender waiting, and nothing is lost', async () => {
    const total = 64 * 1024 * 1024;
    let sent = 0;
    const port = await plainServer(socket => {
      const block = Buffer.alloc(65_536, 'x');
      const write = () => {
        while (sent < total) {
          sent += block.length;
          if (!socket.write(block)) return void socket.once('drain', write);
        }
        socket.end();
      };
      write();
    });
    const socket = dial(port, 'off');
    const reader = socket.readable.getReader();
    let received = (await reader.read()).value!.length;
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(total / 4);

    for (let read = await reader.read(); !read.done; read = await reader.read())
      received += read.value.length;
    expect(received).toBe(total);
    await socket.close();
  });

  test('a peer that does not read keeps the writer waiting', async () => {
    const port = await plainServer(socket => socket.pause());
    const socket = dial(port, 'off');
    const writer = socket.writable.getWriter();
    let taken = 0;
    const feed = async () => {
      for (; taken < 1000; taken++) await writer.write(new Uint8Array(65_536));
    };
    feed().catch(() => {});
    while (taken === 0) await new Promise(resolve => setTimeout(resolve, 10));
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(taken).toBeLessThan(500);

    await socket.close();
  });

  // In a process of its own: here the last words and the reset would be two turns of one event loop.
  test('what the peer said before it reset the connection is read after a write failed', async () => {
    const script = `require('node:net').createServer(socket => socket.once('data', () => {
      socket.pause();
      socket.write('552 too much\\r\\n', () => socket.resetAndDestroy());
    })).listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;
    const peer = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const port = Number(String((await once(peer.stdout, 'data'))[0]));
      for (let round = 0; round < 5; round++) {
        const socket = dial(port, 'off', undefined, '127.0.0.1');
        const reader = socket.readable.getReader();
        const writer = socket.writable.getWriter();
        await expect(
          (async () => {
            for (;;) await writer.write(new Uint8Array(65_536));
          })(),
        ).rejects.toThrow();
        expect(new TextDecoder().decode((await reader.read()).value)).toBe('552 too much\r\n');
        await socket.close();
      }
    } finally {
      peer.kill();
    }
  });

  test('a reset that a write meets is no end of what is read', async () => {
    let peer: TcpSocket | undefined;
    const port = await plainServer(socket => {
      peer = socket;
      // More than all buffers on the way take: the reader is full when the reset comes.
      socket.write(new Uint8Array(64 << 20));
    });
    const socket = dial(port, 'off');
    await socket.opened;
    await expect.poll(() => (peer?.bytesWritten ?? 0) > 0, { timeout: 30_000 }).toBe(true);
    peer!.resetAndDestroy();
    const writer = socket.writable.getWriter();
    writer.closed.catch(() => {});
    const writing = async () => {
      for (;;) await writer.write(encode('x'));
    };
    await expect(writing()).rejects.toThrow();
    await expect(readAll(socket)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await socket.close();
  });

  test('what is written behind the end is refused', async () => {
    const socket = dial(await plainServer(peer => peer.resume()), 'off');
    const writer = socket.writable.getWriter();
    writer.closed.catch(() => {});
    await writer.write(encode('x'));
    const closing = socket.close();
    await new Promise(resolve => setImmediate(resolve));
    await expect(writer.write(new Uint8Array(100_000))).rejects.toThrow();
    await closing;
  });

  test('nobody listening is refused', async () => {
    // TCPMUX, which nobody offers any more: a port that was free a moment ago may be somebody's by now.
    const port = 1;
    await expect(dial(port, 'off').opened).rejects.toMatchObject({
      code: 'refused',
      host: 'localhost',
      port,
    });
  });

  test('a name that cannot exist is a dns failure', async () => {
    const hostname = `${'x'.repeat(70)}.test`;
    await expect(dial(25, 'off', undefined, hostname).opened).rejects.toMatchObject({ code: 'dns' });
  });
});

describe('TLS from the first octet', () => {
  test('a trusted certificate for the host', async () => {
    const socket = dial(await tlsServer(), 'on', { ca: certificate.ca });
    const { tls } = await socket.opened;
    expect(tls).toMatchObject({ protocol: 'TLSv1.3' });
    expect(tls!.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}/);
    expect(await readAll(socket)).toBe('220 hello\r\n');
    await socket.close();
  });

  test('a trusted certificate for an IP address', async () => {
    const socket = dial(await tlsServer(), 'on', { ca: certificate.ca }, '127.0.0.1');
    expect(await readAll(socket)).toBe('220 hello\r\n');
    await socket.close();
  });

  test.each([
    ['an unknown authority', 'tls-untrusted', () => certificate, () => ({})],
    ['an expired certificate', 'tls-expired', () => makeCertificate('DNS:localhost', -1), trusting],
    ['a certificate for another host', 'tls-hostname', () => makeCertificate('DNS:other.test'), trusting],
  ] as const)('%s is %s', async (_, code, make, trust) => {
    const shown = make();
    const socket = dial(await tlsServer(shown), 'on', trust(shown));
    await expect(socket.opened).rejects.toMatchObject({ code, kind: 'tls', host: 'localhost' });
    await socket.close();
  });

  test('serverName decides which name is verified', async () => {
    const shown = makeCertificate('DNS:mail.example.org');
    const socket = dial(await tlsServer(shown), 'on', { ca: shown.ca, serverName: 'mail.example.org' });
    await socket.opened;
    await socket.close();
  });

  test('any certificate is taken when that is asked for by its long name', async () => {
    const socket = dial(await tlsServer(), 'on', { dangerouslyAllowInvalidCertificates: true });
    expect(await readAll(socket)).toBe('220 hello\r\n');
    await socket.close();
  });

  test('a plaintext greeting is the wrong mode, with advice', async () => {
    const port = await plainServer(socket => socket.write('220 plain\r\n'));
    await expect(dial(port, 'on').opened).rejects.toMatchObject({
      code: 'wrong-tls-mode',
      advice: `${port} speaks plaintext first; set tls: 'starttls'`,
    });
  });

  test('a server that hangs up during the handshake', async () => {
    const port = await plainServer(socket => socket.destroy());
    await expect(dial(port, 'on').opened).rejects.toMatchObject({ code: 'tls-handshake' });
  });

  test('an abort during the handshake ends it, and its reason survives', async () => {
    const port = await plainServer(() => {});
    const abort = new AbortController();
    const socket = connect({ hostname: 'localhost', port }, { secureTransport: 'on', signal: abort.signal });
    setTimeout(() => abort.abort('enough'), 50);
    await expect(socket.opened).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    await socket.closed;
  });
});

function trusting({ ca }: Certificate): TlsOptions {
  return { ca };
}

describe('STARTTLS', () => {
  function upgradingServer(shown = certificate): Promise<number> {
    return plainServer(socket => {
      socket.once('data', () => {
        socket.write('220 go ahead\r\n');
        const { cert, key } = shown;
        const tls = new TLSSocket(socket, { isServer: true, cert, key });
        accepted.push(tls.on('error', () => {}).on('data', echoed => tls.write(echoed)));
      });
    });
  }

  async function upgrade(port: number, tls?: TlsOptions): Promise<Socket> {
    const socket = dial(port, 'starttls', tls);
    const writer = socket.writable.getWriter();
    await writer.write(encode('STARTTLS\r\n'));
    writer.releaseLock();
    const reader = socket.readable.getReader();
    await reader.read();
    reader.releaseLock();
    return socket.startTls();
  }

  test('an upgraded socket carries octets under TLS', async () => {
    const socket = await upgrade(await upgradingServer(), { ca: certificate.ca });
    expect(socket).toMatchObject({ secureTransport: 'on', upgraded: true });
    expect((await socket.opened).tls).toMatchObject({ protocol: 'TLSv1.3' });
    const writer = socket.writable.getWriter();
    await writer.write(encode('echo'));
    const reader = socket.readable.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('echo');
    await socket.close();
  });

  test.each([
    ['an unknown authority', 'tls-untrusted', () => certificate, () => ({})],
    ['an expired certificate', 'tls-expired', () => makeCertificate('DNS:localhost', -1), trusting],
    ['a certificate for another host', 'tls-hostname', () => makeCertificate('DNS:other.test'), trusting],
  ] as const)('%s is %s', async (_, code, make, trust) => {
    const shown = make();
    const socket = await upgrade(await upgradingServer(shown), trust(shown));
    await expect(socket.opened).rejects.toMatchObject({ code });
    await socket.close();
  });

  test('octets that came before the handshake break it', async () => {
    const dialled = new DialledSockets();
    const greeting = '220 ready\r\n';
    const injected = '250 injected\r\n';
    const port = await plainServer(socket => {
      socket.write(greeting);
      socket.once('data', () => socket.write(injected));
    });
    const socket = dial(port, 'starttls', { ca: certificate.ca });
    const reader = socket.readable.getReader();
    await reader.read();
    reader.releaseLock();
    const writer = socket.writable.getWriter();
    await writer.write(encode('go'));
    writer.releaseLock();
    await dialled.received(port, greeting.length + injected.length);
    await expect(socket.startTls().opened).rejects.toThrow('before the TLS handshake');
  });

  test('a socket that was not opened for it refuses', async () => {
    const socket = dial(await plainServer(() => {}), 'off');
    expect(() => socket.startTls()).toThrow(TypeError);
    await socket.close();
  });
});
