import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve, upgradeWebSocket } from '@hono/node-server';
import { type Listener, type ListenOptions, listen } from '@posthaste/bridge/listen';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { Hono } from 'hono';
import type { Certificate } from '../peer/certificate.ts';
import { decodeFrame, encodeFrame, type Frame } from './wire.ts';

type Relay = ReturnType<typeof createRelay>;
type Question = (event: string, question: unknown) => Promise<unknown>;

/** A desk that listens. */
export interface ListeningDesk {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Listens for SMTP clients on behalf of runtimes that cannot, and asks their handlers over a WebSocket what to say: one
 * WebSocket at `/listen` for each listener. `/relay/PORT` is a relay in bytes mode to the listener on that port.
 */
export async function openListeningDesk(certificate: Certificate): Promise<ListeningDesk> {
  const relays = new Map<string, Relay>();
  const secret = crypto.getRandomValues(new Uint8Array(32));

  async function start(frame: Extract<Frame, { type: 'listen' }>, origin: string, ask: Question) {
    const { mode = 'plain', ...rest } = frame.options as ListenOptions;
    const secured = mode === 'plain' ? {} : { cert: certificate.cert, key: certificate.key };
    const handler = Object.fromEntries(
      frame.events.map(event => [event, (question: object) => ask(event, plain(question))]),
    );
    const listener = await listen({ ...rest, mode, ...secured, handler });
    const { port } = listener;
    const tls = mode === 'plain' ? 'none' : mode;
    const target = {
      host: 'localhost',
      port,
      tls,
      mode: 'bytes',
      allowPrivate: true,
      ca: certificate.ca,
    } as const;
    const relay = createRelay({
      targets: { default: target },
      keys: { desk: secret },
      origins: [origin],
      allowNonBrowser: true,
      ports: [port],
      limits: { refusalMs: 0 },
    });
    relays.set(String(port), relay);
    const grant = { sub: 'test', org: [origin], from: ['@example.org'], conns: 20, rcpt: 10_000 };
    return { listener, token: await mintRelayToken(grant, { kid: 'desk', secret }) };
  }

  const app = new Hono()
    .get(
      '/listen',
      upgradeWebSocket(c => {
        const origin = c.req.header('origin') ?? 'http://127.0.0.1';
        const answers = new Map<number, (frame: Extract<Frame, { type: 'answer' }>) => void>();
        let listener: Listener | undefined;
        let asked = 0;
        return {
          async onMessage({ data }, socket) {
            const tell = (frame: Frame) => socket.send(encodeFrame(frame));
            const ask: Question = (event, question) =>
              new Promise((resolve, reject) => {
                const id = asked++;
                answers.set(id, ({ answer, thrown }) =>
                  thrown === undefined ? resolve(answer) : reject(new Error(thrown)),
                );
                tell({ type: 'ask', id, event, question });
              });
            const frame = decodeFrame(String(data));
            if (frame.type === 'listen') {
              try {
                const started = await start(frame, origin, ask);
                listener = started.listener;
                tell({ type: 'listening', port: listener.port, token: started.token });
              } catch (error) {
                tell({ type: 'failed', message: String(error) });
              }
            } else if (frame.type === 'answer') {
              answers.get(frame.id)?.(frame);
              answers.delete(frame.id);
            } else if (frame.type === 'close') {
              await listener?.close();
              socket.close();
            }
          },
          onClose: () => void listener?.close(),
        };
      }),
    )
    .get('/relay/:port', (c, next) => relayRoute(relays.get(c.req.param('port'))!)(c, next));

  const server = serve({
    fetch: app.fetch,
    hostname: '127.0.0.1',
    port: 0,
    websocket: { server: relayWebSocketServer() },
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    async stop() {
      await Promise.all([...relays.values()].map(relay => relay.drain()));
      server.close();
    },
  };
}

/** A question without the session, which stays here. */
function plain(question: object): object {
  const { session: _, ...rest } = question as { session?: unknown };
  return rest;
}
