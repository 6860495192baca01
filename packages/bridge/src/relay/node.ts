import { lookup } from 'node:dns/promises';
import { upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler } from 'hono';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Connect } from '../socket.ts';
import { NodeSocket } from '../stream/node.ts';
import { ReadBlocks } from '../stream/read-blocks.ts';
import { nodeSource } from '../tcp/node.ts';
import type { Resolve } from './destination.ts';
import { maxBinaryOctets, relaySubprotocol } from './protocol.ts';
import { createRelay as createRelayWith, type Relay, type RelayOptions } from './relay.ts';
import type { RelayWebSocket } from './websocket.ts';

/** Finds every address of a host name, in the order the system gives them. */
export const resolve: Resolve = async hostname => {
  const addresses = await lookup(hostname, { all: true, verbatim: true });
  return addresses.map(({ address }) => address);
};

/**
 * Makes a relay that connects from Node and pins names to the addresses it has vetted; see `createRelay` of `./relay`.
 *
 * @example A relay on port 8787
 * ```ts
 * const relay = createRelay({ targets, keys, origins: ['https://app.example.com'] });
 * const app = new Hono().get('/relay', relayRoute(relay));
 * serve({ fetch: app.fetch, port: 8787, websocket: { server: relayWebSocketServer() } });
 * ```
 */
export function createRelay(
  options: Omit<RelayOptions, 'connect'> & Partial<Pick<RelayOptions, 'connect'>>,
): Relay {
  const blocks = new ReadBlocks();
  const connect: Connect = (address, connectOptions) =>
    new NodeSocket(nodeSource(address, connectOptions, blocks), connectOptions.secureTransport);
  return createRelayWith({ connect, resolve, ...options });
}

/** The WebSocket server to give to `serve()` of `@hono/node-server`: it agrees on the relay's subprotocol and no other. */
export function relayWebSocketServer(): WebSocketServerLike {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxBinaryOctets,
    perMessageDeflate: false,
    handleProtocols: offered => (offered.has(relaySubprotocol) ? relaySubprotocol : false),
  });
  return server as unknown as WebSocketServerLike;
}

/** A hono handler that upgrades to a WebSocket and hands it to the relay. */
export function relayRoute(relay: Relay): MiddlewareHandler {
  const upgrade = upgradeWebSocket(c => {
    const peer = { origin: c.req.header('origin'), remoteAddress: getConnInfo(c).remote.address };
    return {
      onOpen(_, { raw }) {
        const webSocket = raw as unknown as WebSocket;
        webSocket.binaryType = 'arraybuffer';
        // Behind this, hono listens too; its listeners have nobody to tell, and would keep the request in memory.
        queueMicrotask(() => {
          webSocket.removeAllListeners();
          relay.accept(webSocket as RelayWebSocket, peer);
        });
      },
    };
  });
  return async (c, next) => {
    const offered = c.req.header('sec-websocket-protocol') ?? '';
    if (!offered.split(',').some(protocol => protocol.trim() === relaySubprotocol)) {
      return c.text(`Offer the WebSocket subprotocol ${relaySubprotocol}`, 426);
    }
    return upgrade(c, next);
  };
}
