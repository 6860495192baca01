import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { openConnection } from '@posthaste/bridge';
import { mintRelayToken, type RelayOptions } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { relayConnect } from '@posthaste/bridge/websocket';
import { login } from '@posthaste/smtp-core';
import { Hono } from 'hono';
import type { Certificate } from '../peer/certificate.ts';
import { type Cut, type CuttingProxy, startCuttingProxy } from '../peer/cutting-proxy.ts';
import { type FaultyServer, type Misbehaviour, startFaultyServer } from '../peer/faulty-server.ts';
import type { Options } from './fate.ts';
import { canary } from './way.ts';

/** One of the ways in which a browser reaches a mail server through a relay. */
export interface RelayWay {
  readonly name: string;
  readonly target: Partial<RelayOptions['targets'][string]>;
  /** Made anew for each session: mechanisms keep the state of their exchange. */
  readonly options: () => Options;
  readonly server: Misbehaviour;
}

/** In each mode in the clear, and under TLS with somebody signed in. */
export function relayWays(certificate: Certificate): readonly RelayWay[] {
  const auth = () => [login({ user: 'ann', pass: canary })];
  const extensions = ['PIPELINING'];
  const { ca } = certificate;
  return [
    { name: 'submit', target: {}, options: () => ({ tls: 'none' }), server: { extensions } },
    {
      name: 'submit over TLS',
      target: { host: 'localhost', tls: 'implicit', auth, ca },
      options: () => ({ tls: 'none' }),
      server: { extensions: [...extensions, 'AUTH LOGIN'], certificate, implicit: true },
    },
    {
      name: 'bytes',
      target: { mode: 'bytes' },
      options: () => ({ tls: 'none' }),
      server: { extensions },
    },
    {
      name: 'bytes with STARTTLS',
      target: { host: 'localhost', mode: 'bytes', tls: 'starttls', ca },
      options: () => ({ tls: 'starttls', auth: auth() }),
      server: { extensions: ['STARTTLS', 'AUTH LOGIN'], certificate },
    },
  ];
}

/** Browser, path, relay, path, mail server. */
export interface RelayPath {
  readonly server: FaultyServer;
  readonly before: CuttingProxy;
  readonly behind: CuttingProxy;
  /** Sessions that the relay serves. */
  readonly sessions: number;
  /** What the relay logged, and the token that must not be in it. */
  readonly log: readonly string[];
  readonly token: string;
  open(options?: Options): ReturnType<typeof openConnection>;
  /** Settles once the relay serves nobody. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface RelayPathOptions {
  readonly limits?: RelayOptions['limits'];
  readonly before?: Cut | undefined;
  readonly behind?: Cut | undefined;
  readonly server?: Misbehaviour;
}

/** Puts a relay between two paths that may break. */
export async function openRelayPath(way: RelayWay, options: RelayPathOptions = {}): Promise<RelayPath> {
  const secret = 'canary-secret-of-at-least-thirty-two-octets';
  const server = await startFaultyServer({ ...way.server, ...options.server });
  const behind = await startCuttingProxy(server.port, options.behind);
  const log: string[] = [];
  const relay = createRelay({
    targets: {
      default: { host: '127.0.0.1', port: behind.port, tls: 'none', allowPrivate: true, ...way.target },
    },
    keys: { test: secret },
    origins: [],
    allowNonBrowser: true,
    ports: [behind.port],
    log: event => log.push(JSON.stringify(event)),
    ...(options.limits && { limits: options.limits }),
  });
  const sessions = new Set<Promise<void>>();
  const counted: typeof relay = {
    ...relay,
    accept(webSocket, peer) {
      const session = relay.accept(webSocket, peer).finally(() => sessions.delete(session));
      sessions.add(session);
      return session;
    },
  };
  const http = serve({
    fetch: new Hono().get('/relay', relayRoute(counted)).fetch,
    hostname: '127.0.0.1',
    port: 0,
    websocket: { server: relayWebSocketServer() },
  });
  await once(http, 'listening');
  const before = await startCuttingProxy((http.address() as AddressInfo).port, options.before);
  const token = await mintRelayToken(
    { sub: 'ann', org: [], tgt: ['default'], from: ['@example.org'] },
    { kid: 'test', secret },
  );
  const connect = relayConnect({ url: `ws://127.0.0.1:${before.port}/relay`, token });
  return {
    server,
    before,
    behind,
    get sessions() {
      return sessions.size;
    },
    log,
    token,
    open: more => openConnection({ hostname: 'relay.test', port: 587, ...way.options(), connect, ...more }),
    async idle() {
      while (sessions.size > 0) await Promise.all(sessions);
    },
    async stop() {
      await before.stop();
      await behind.stop();
      await server.stop();
      http.close();
    },
  };
}
