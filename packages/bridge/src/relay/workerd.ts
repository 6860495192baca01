import type { Context, Handler } from 'hono';
import { connect } from '../connect/workerd.ts';
import { relaySubprotocol } from './protocol.ts';
import { createRelay as createRelayWith, type Relay, type RelayOptions } from './relay.ts';
import type { RelayWebSocket } from './websocket.ts';

export { durableStores, RelaySubject } from './subject/workerd.ts';

/**
 * Makes a relay that connects from Workers; see `createRelay` of `./relay`. The platform resolves names by itself and
 * reaches no private address, so it is the list of targets alone that says where mail can go. Isolates share no memory:
 * without `durableStores` each of them counts quotas and remembers transactions for itself.
 *
 * @example A relay in a Worker
 * ```ts
 * const relay = createRelay({ targets, keys, origins: ['https://app.example.com'] });
 * export default new Hono().get('/relay', relayRoute(relay));
 * ```
 */
export function createRelay(
  options: Omit<RelayOptions, 'connect'> & Partial<Pick<RelayOptions, 'connect'>>,
): Relay {
  return createRelayWith({ connect, ...options });
}

/** A hono handler that upgrades to a WebSocket and hands it to the relay. */
export function relayRoute(relay: Relay): Handler {
  return c => {
    const offered = c.req.header('sec-websocket-protocol') ?? '';
    const upgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket';
    if (!upgrade || !offered.split(',').some(protocol => protocol.trim() === relaySubprotocol)) {
      return c.text(`Open a WebSocket and offer the subprotocol ${relaySubprotocol}`, 426);
    }
    const [page, webSocket] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    // The default, a Blob, could only be read asynchronously, and messages would lose their order.
    webSocket.binaryType = 'arraybuffer';
    webSocket.accept();
    const session = relay.accept(webSocket as RelayWebSocket, {
      origin: c.req.header('origin'),
      remoteAddress: c.req.header('cf-connecting-ip'),
    });
    keepAlive(c, session);
    return new Response(null, {
      status: 101,
      webSocket: page,
      headers: { 'sec-websocket-protocol': relaySubprotocol },
    });
  };
}

/** A session may outlive its WebSocket by the time the mail server takes to answer. */
function keepAlive(c: Context, session: Promise<void>): void {
  try {
    c.executionCtx.waitUntil(session);
  } catch {
    // A Durable Object has no such context, and stays alive by itself.
  }
}
