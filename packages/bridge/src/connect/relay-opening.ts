import { abortable } from '../abortable.ts';
import { ConnectError, type ConnectErrorCode } from '../error.ts';
import { RelayError } from '../relay/fault.ts';
import type { ConnectOptions, Endpoint } from '../socket.ts';
import { RelayChannel, type WebSocketConstructor } from './relay-channel.ts';

/** A relay and the right to use it. */
export interface RelayConnectOptions {
  /** `wss:` address of the relay; `ws:` on this machine, or with `allowInsecureAuth`. */
  readonly url: string | URL;
  /** A token from your backend, or how to fetch one; asked anew for each connection. */
  readonly token: string | ((signal: AbortSignal) => string | Promise<string>);
  /** Alias of the mail server; default `default`. */
  readonly target?: string;
  /** Lets the token cross a network unencrypted; default false. */
  readonly allowInsecureAuth?: boolean;
  /** Default: the runtime's own. */
  readonly WebSocket?: WebSocketConstructor;
}

/** Hosts that are this machine (RFC 6761 §6.3, RFC 6890 §2.2.2), as a URL has them. */
const loopback = /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/;

/** @throws {TypeError} It is no WebSocket's address, or one that would show the token to a network. */
export function checkedUrl({ url: given, allowInsecureAuth = false }: RelayConnectOptions): URL {
  // Not shown: an address may have a password or a key about it.
  if (!URL.canParse(given)) throw new TypeError("Give the relay's address as wss://…");
  const url = new URL(given);
  if (url.protocol === 'wss:') return url;
  if (url.protocol !== 'ws:')
    throw new TypeError(`Give the relay's address as wss://…, not as ${url.protocol}`);
  if (allowInsecureAuth || loopback.test(url.hostname)) return url;
  throw new TypeError(
    `Give the relay's address as wss://…: over ws: the token would cross the network to ${url.hostname} unencrypted`,
  );
}

/** Opens a channel through a relay, with a token of its own. */
export async function openChannel(
  url: URL,
  options: RelayConnectOptions,
  { signal = new AbortController().signal }: ConnectOptions,
): Promise<RelayChannel> {
  const { target = 'default', WebSocket = globalThis.WebSocket as WebSocketConstructor } = options;
  if (WebSocket === undefined) {
    throw relayError('unsupported', url, {
      advice: 'Give a WebSocket: this runtime has none',
    });
  }
  const token = await fetchToken(url, options, signal);
  signal.throwIfAborted();
  const channel = new RelayChannel({ url: url.href, token, target, WebSocket });
  await abortable(channel.opened, signal).catch(error => {
    channel.close();
    throw error;
  });
  return channel;
}

/** A relay as errors name it, without a query or user information: they may be secret. */
export function relayEndpoint({ protocol, hostname, host, port, pathname }: URL): Endpoint {
  return {
    hostname,
    port: Number(port) || (protocol === 'wss:' ? 443 : 80),
    place: `${protocol}//${host}${pathname}`,
  };
}

/** An error about a relay, which it names by its address. */
export function relayError(
  code: ConnectErrorCode,
  url: URL,
  options: { readonly cause?: unknown; readonly advice?: string; readonly fact?: string } = {},
): ConnectError {
  return new ConnectError(code, relayEndpoint(url), options);
}

/** The error of a connection that a relay did not give. */
export function relayFailure(cause: unknown, url: URL): ConnectError {
  if (cause instanceof ConnectError) return cause;
  if (!(cause instanceof RelayError)) {
    const advice = 'Check that a relay runs there';
    return relayError('relay', url, { cause, advice, fact: 'could not be opened as a WebSocket' });
  }
  const [advice = '', answer = ''] = cause.message.split(': ');
  return relayError('relay', url, { cause, advice, fact: `answered that ${answer}` });
}

async function fetchToken(url: URL, { token }: RelayConnectOptions, signal: AbortSignal): Promise<string> {
  const fact = 'was not asked';
  let fetched: unknown = token;
  if (typeof token === 'function') {
    try {
      fetched = await abortable(Promise.resolve(token(signal)), signal);
    } catch (cause) {
      throw relayError('relay', url, { cause, advice: 'Look at what the token function threw', fact });
    }
  }
  if (typeof fetched === 'string' && fetched !== '') return fetched;
  // Its value is not shown: it may be a secret in a wrapping.
  const found = fetched === '' ? 'an empty one' : fetched === null ? 'null' : typeof fetched;
  const advice = `Give the token as a string, not ${found}`;
  throw relayError('relay', url, { cause: new RelayError('E_TOKEN', 'open'), advice, fact });
}
