import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { listen } from '@posthaste/bridge/listen';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { plain } from '@posthaste/smtp-core';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Door } from '../contract/case.ts';
import type { Certificate } from './certificate.ts';
import { account, DeliveryDesk } from './delivery-desk.ts';

/** How a runtime under test reaches the post office. */
export interface PostOfficeAddress {
  readonly ports: Readonly<Record<Door, number>>;
  /** PEM of the authority that its certificate is from. */
  readonly ca: string;
  /** `GET /messages?to=` tells what was committed; `POST /token` mints a relay token; WebSocket `/relay`. */
  readonly url: string;
}

export interface PostOffice extends PostOfficeAddress {
  stop(): Promise<void>;
}

const DOORS = { plain: 'plain', starttls: 'starttls', implicit: 'implicit' } as const;
const EXTENSIONS = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'CHUNKING', 'DSN'];

/** Starts a mail server with three doors, a relay to each of them, and a window that shows what was committed. */
export async function openPostOffice({ ca, cert, key }: Certificate): Promise<PostOffice> {
  const desk = new DeliveryDesk();
  const listeners = await Promise.all(
    Object.values(DOORS).map(mode =>
      listen({
        mode,
        handler: desk,
        server: {
          serverName: 'office.test',
          extensions: EXTENSIONS,
          auth: ['PLAIN'],
          maxMessageOctets: 64 << 20,
        },
        ...(mode !== 'plain' && { cert, key }),
      }),
    ),
  );
  const [plainPort, starttls, implicit] = listeners.map(listener => listener.port) as [
    number,
    number,
    number,
  ];
  const ports = { plain: plainPort, starttls, implicit };

  const target = (door: Door, pass = account.pass) => ({
    host: 'localhost',
    port: ports[door],
    tls: door === 'plain' ? ('none' as const) : door,
    allowPrivate: true,
    ca,
    ...(door !== 'plain' && { auth: () => [plain({ user: account.user, pass })] }),
  });
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const targets = {
    plain: target('plain'),
    starttls: target('starttls'),
    implicit: target('implicit'),
    'starttls-wrong-password': target('starttls', 'wrong'),
    'implicit-wrong-password': target('implicit', 'wrong'),
  };
  const app = new Hono()
    .use(cors())
    .get('/messages', c => c.json(desk.deliveredTo(c.req.query('to') ?? '')))
    .post('/token', async c => {
      const grant = { sub: crypto.randomUUID(), org: [c.req.header('origin') ?? ''], from: ['@example.org'] };
      return c.text(await mintRelayToken({ ...grant, tgt: Object.keys(targets) }, { kid: 'test', secret }));
    })
    .get('/relay', (c, next) => relayRoute(relayFor(c.req.header('origin') ?? ''))(c, next));

  // Vitest serves its page from a port of its own choice, so the origin is known when the page first asks.
  const relays = new Map<string, ReturnType<typeof createRelay>>();
  function relayFor(origin: string): ReturnType<typeof createRelay> {
    const known = relays.get(origin);
    if (known !== undefined) return known;
    const relay = createRelay({
      targets,
      keys: { test: secret },
      origins: [origin],
      ports: Object.values(ports),
    });
    relays.set(origin, relay);
    return relay;
  }

  const server = serve({
    fetch: app.fetch,
    hostname: '127.0.0.1',
    port: 0,
    websocket: { server: relayWebSocketServer() },
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ports,
    ca,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await Promise.all([...relays.values()].map(relay => relay.drain()));
      server.close();
      await Promise.all(listeners.map(listener => listener.close()));
    },
  };
}
