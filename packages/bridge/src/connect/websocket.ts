import type { Connect, SecureTransport, Socket, SocketInfo } from '../socket.ts';
import type { RelayChannel } from './relay-channel.ts';
import {
  checkedUrl,
  openChannel,
  type RelayConnectOptions,
  relayEndpoint,
  relayError,
  relayFailure,
} from './relay-opening.ts';

export { RelayError, type RelayErrorCode, type RelayPhase } from '../relay/fault.ts';
export { makeTransactionId } from '../transaction.ts';
export type { RelayConnectOptions } from './relay-opening.ts';
export { relayOutcome } from './relay-outcome.ts';

/**
 * Reaches mail servers through a WebSocket relay, from browsers and wherever a WebSocket is all there is. The relay
 * chooses the server by the alias, so the address given to `connect` means nothing here. In submit mode the
 * relay encrypts and signs in upstream by itself and sees the message; in bytes mode it sees whatever is not encrypted.
 *
 * @example Send from a page
 * ```ts
 * const connect = relayConnect({ url: 'wss://app.example.com/relay', token: () => fetchToken() });
 * const connection = await openConnection({ hostname: 'app.example.com', connect });
 * ```
 */
export function relayConnect(options: RelayConnectOptions): Connect {
  const url = checkedUrl(options);
  const connect: Connect = (_, connectOptions) =>
    new RelaySocket(openChannel(url, options, connectOptions), {
      url,
      secureTransport: connectOptions.secureTransport,
    });
  return Object.assign(connect, { endpoint: relayEndpoint(url) });
}

interface RelaySocketOptions {
  readonly url: URL;
  readonly secureTransport: SecureTransport;
  readonly upgraded?: boolean;
}

class RelaySocket implements Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo>;
  readonly closed: Promise<void>;
  readonly upgraded: boolean;
  /** Known once the relay has said that it is in submit mode. */
  nameTransaction?: NonNullable<Socket['nameTransaction']>;
  secureTransport: SecureTransport;
  readonly #options: RelaySocketOptions;
  readonly #channel: Promise<RelayChannel>;
  #spent = false;
  #closing = false;

  constructor(channel: Promise<RelayChannel>, options: RelaySocketOptions) {
    this.#options = options;
    this.#channel = channel;
    this.upgraded = options.upgraded === true;
    this.secureTransport = options.secureTransport;
    this.opened = channel.then(
      opened => this.#describe(opened),
      error => {
        throw relayFailure(error, options.url);
      },
    );
    this.closed = this.opened
      .then(() => channel)
      .then(
        ({ closed }) => closed,
        () => {},
      );
    this.readable = new ReadableStream(
      {
        pull: async controller => {
          const octets = await (await channel).read();
          if (octets === null) controller.close();
          else controller.enqueue(octets);
        },
        cancel: () => this.close(),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream({
      start: () => this.opened.then(() => undefined),
      write: async octets => (await channel).write(octets),
      close: async () => (await channel).end(),
      abort: () => this.close(),
    });
  }

  startTls(): Socket {
    if (this.secureTransport !== 'starttls' || this.#spent) {
      throw new TypeError("Connect with secureTransport: 'starttls', and upgrade once");
    }
    this.#spent = true;
    const upgraded = this.#channel.then(async channel => {
      await channel.startTls();
      return channel;
    });
    return new RelaySocket(upgraded, { ...this.#options, secureTransport: 'on', upgraded: true });
  }

  async close(): Promise<void> {
    if (this.#spent || this.#closing) return;
    this.#closing = true;
    const channel = await this.#channel.catch(() => undefined);
    await channel?.close();
  }

  async #describe(channel: RelayChannel): Promise<SocketInfo> {
    const { mode } = await channel.opened;
    const { secure } = channel;
    const { url } = this.#options;
    if (mode === 'submit') {
      this.secureTransport = url.protocol === 'wss:' ? 'on' : 'off';
      this.nameTransaction = id => channel.nameTransaction(id);
    } else if (secure !== null) this.secureTransport = 'on';
    else if (this.secureTransport === 'on' && !this.upgraded) {
      channel.close();
      throw relayError('wrong-tls-mode', url, { advice: "Set tls: 'starttls'" });
    }
    return { relay: mode, ...(secure && { tls: { protocol: secure.proto, cipher: secure.cipher } }) };
  }
}
