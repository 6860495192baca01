import { connect as connectTcp, createServer } from 'node:net';
import { serve } from '@hono/node-server';
import { listen } from '@posthaste/bridge/listen';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';

/**
 * What the parent asks later: resident memory in octets, as it is or once V8 has given back all that it only keeps for
 * growth, or processor time so far in microseconds.
 */
export type Question = 'memory' | 'memory held' | 'processor time';

/** What the parent says first: which part to play. */
export type Part =
  | { readonly role: 'mail-server' }
  | { readonly role: 'tcp'; readonly total: number }
  | {
      readonly role: 'relay';
      readonly secret: string;
      readonly target: Target;
      /** Octets it takes ahead. */
      readonly window: number;
    }
  | { readonly role: 'pipe'; readonly port: number };

interface Target {
  readonly port: number;
  readonly mode: 'submit' | 'bytes';
}

const origin = 'https://bench.test';

process.once('message', async (part: Part) => {
  process.send!(await start(part));
  process.on('message', (question: Question) => {
    if (question === 'memory held') giveBack();
    const { user, system } = process.cpuUsage();
    process.send!(question === 'processor time' ? user + system : process.memoryUsage.rss());
  });
});
process.once('disconnect', () => process.exit(0));

/** What V8 does by itself when memory grows short; an ordinary collection keeps the pages of the young generation. */
function giveBack(): void {
  const gc = globalThis.gc as ((how: object) => void) | undefined;
  gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** Plays the part; the answer is the port to reach it by. */
async function start(part: Part): Promise<number> {
  switch (part.role) {
    case 'mail-server': {
      const server = {
        serverName: 'mx.test',
        extensions: ['PIPELINING', '8BITMIME', 'CHUNKING'],
        timeouts: { command: 3_600_000 },
      };
      return (await listen({ server, handler: { onMessage: () => {} } })).port;
    }
    case 'tcp':
      return tcp(part.total);
    case 'relay':
      return relay(part.secret, part.target, part.window);
    case 'pipe':
      return pipe(part.port);
  }
}

/** A connection whose first octet is `<` is poured over with `total` octets; any other is drunk up to `total`. */
function tcp(total: number): Promise<number> {
  const block = new Uint8Array(65_536);
  const server = createServer({ noDelay: true }, socket => {
    socket.on('error', () => {});
    let taken = 0;
    socket.on('data', data => {
      if (taken === 0 && data[0] === 0x3c) return pour();
      taken += data.length;
      if (taken >= total) socket.write('.');
    });
    let left = total;
    const pour = (): void => {
      while (left > 0) {
        left -= block.length;
        if (!socket.write(block)) return void socket.once('drain', pour);
      }
    };
  });
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

function relay(secret: string, target: Target, window: number): Promise<number> {
  const made = createRelay({
    targets: { default: { host: '127.0.0.1', tls: 'none', allowPrivate: true, ...target } },
    keys: { bench: secret },
    origins: [origin],
    ports: [target.port],
    limits: {
      // As long as a session may last; a longer life is refused.
      idleMs: 1_200_000,
      pendingConnections: 10_000,
      upBytes: Number.MAX_SAFE_INTEGER,
      window,
    },
  });
  const app = new Hono().get('/relay', relayRoute(made));
  return new Promise(resolve => {
    serve(
      { fetch: app.fetch, port: 0, hostname: '127.0.0.1', websocket: { server: relayWebSocketServer() } },
      ({ port }) => resolve(port),
    );
  });
}

/** The least a WebSocket can be joined to TCP with: `ws`, `net`, and each waiting for the other. */
function pipe(upstream: number): Promise<number> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    maxPayload: 65_536,
    perMessageDeflate: false,
  });
  server.on('connection', webSocket => {
    const socket = connectTcp({ port: upstream, host: '127.0.0.1', noDelay: true });
    webSocket.on('message', data => {
      if (!socket.write(data as Buffer)) webSocket.pause();
    });
    socket.on('drain', () => webSocket.resume());
    socket.on('data', data => {
      webSocket.send(data, () => socket.resume());
      if (webSocket.bufferedAmount > 262_144) socket.pause();
    });
    socket.on('close', () => webSocket.close());
    socket.on('error', () => {});
    webSocket.on('close', () => socket.destroy());
  });
  return new Promise(resolve => {
    server.on('listening', () => resolve((server.address() as { port: number }).port));
  });
}
