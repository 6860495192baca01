import { abortable } from '../abortable.ts';
import { ConnectError } from '../error.ts';
import { RelayError } from '../relay/fault.ts';
import type { ConnectOptions, SocketAddress } from '../socket.ts';
import { RelayChannel, type WebSocketConstructor } from './relay-channel.ts';

/** A relay and the right to use it. */
export interface RelayConnectOptions {
  /** `wss:` address of the relay; `ws:` is for a relay on this machine. */
  readonly url: string | URL;
  /** A token from your backend, or how to fetch one; asked anew for each connection. */
  readonly token: string | ((signal: AbortSignal) => string | Promise<string>);
  /** Alias of the mail server; default `default`. */
  readonly target?: string;
  /** Default: the runtime's own. */
  readonly WebSocket?: WebSocketConstructor;
}

/** @throws {TypeError} It is no WebSocket's address. */
export function checkedUrl(given: string | URL): URL {
  const url = new URL(given);
  if (url.protocol === 'wss:' || url.protocol === 'ws:') return url;
  throw new TypeError(`Give the relay's address as wss://…, not ${JSON.stringify(String(given))}`);
}

/** Opens a channel through a relay, with a token of its own. */
export async function openChannel(
  url: URL,
  {
    token,
    target = 'default',
    WebSocket = globalThis.WebSocket as WebSocketConstructor,
  }: RelayConnectOptions,
  { signal = new AbortController().signal }: ConnectOptions,
): Promise<RelayChannel> {
  const fetched = typeof token === 'string' ? token : await abortable(Promise.resolve(token(signal)), signal);
  signal.throwIfAborted();
  const channel = new RelayChannel({ url: url.href, token: fetched, target, WebSocket });
  await abortable(channel.opened, signal).catch(error => {
    channel.close();
    throw error;
  });
  return channel;
}

/** The error of a connection that a relay did not give. */
export function relayFailure(cause: unknown, address: SocketAddress): ConnectError {
  if (cause instanceof ConnectError) return cause;
  if (!(cause instanceof RelayError)) return new ConnectError('relay', address, { cause });
  return new ConnectError('relay', address, { cause, advice: cause.message.split(':')[0] });
}
