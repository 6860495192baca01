import { connect as connectPlatform } from 'cloudflare:sockets';
import { within } from '../deadline.ts';
import { ConnectError } from '../error.ts';
import type { Connect, SecureTransport, Socket, SocketAddress, SocketInfo } from '../socket.ts';
import { checkedAddress } from '../socket-address.ts';

/** How long `close()` waits, in milliseconds: the platform's own may never settle. */
const closeMs = 1000;

type PlatformSocket = ReturnType<typeof connectPlatform>;

/**
 * Opens a TCP or TLS socket on Workers. The platform verifies certificates by its own trust, and tells little about
 * what went wrong.
 *
 * @throws {ConnectError} `unsupported`: certificates or a local address were asked for.
 * @throws {TypeError | RangeError} It is no address that could be connected to.
 */
export const connect: Connect = (given, { secureTransport, tls, localAddress }) => {
  const address = checkedAddress(given);
  if (tls !== undefined || localAddress !== undefined) {
    const option = tls === undefined ? 'localAddress' : 'tlsOptions';
    throw new ConnectError('unsupported', address, {
      advice: `Leave ${option} out: Workers decide about it`,
    });
  }
  return new WorkerSocket(connectPlatform(address, { secureTransport, allowHalfOpen: true }), address);
};

/** The platform's socket, with errors that have a code and a `close()` that settles. */
class WorkerSocket implements Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo>;
  readonly closed: Promise<void>;
  readonly upgraded: boolean;
  readonly secureTransport: SecureTransport;
  readonly #socket: PlatformSocket;
  readonly #address: SocketAddress;

  constructor(socket: PlatformSocket, address: SocketAddress) {
    this.#socket = socket;
    this.#address = address;
    this.readable = socket.readable as ReadableStream<Uint8Array>;
    this.writable = socket.writable as WritableStream<Uint8Array>;
    this.upgraded = socket.upgraded;
    this.secureTransport = socket.secureTransport;
    this.closed = socket.closed.catch(() => {});
    this.opened = socket.opened.then(
      ({ remoteAddress, localAddress }) => ({
        ...(remoteAddress !== undefined && { remoteAddress }),
        ...(localAddress !== undefined && { localAddress }),
      }),
      cause => {
        throw this.#failure(cause);
      },
    );
    this.opened.catch(() => {});
  }

  startTls(): Socket {
    return new WorkerSocket(this.#socket.startTls(), this.#address);
  }

  async close(): Promise<void> {
    await within(
      this.#socket.close().catch(() => {}),
      closeMs,
    );
  }

  /** The platform gives no reason, so this says no more than is known. */
  #failure(cause: unknown): ConnectError {
    if (this.#address.port === 25) {
      const advice = 'Workers never reach port 25; submit to 465 or 587';
      return new ConnectError('blocked-port', this.#address, { cause, advice });
    }
    const plain = this.secureTransport !== 'on';
    const advice = `Check the name and the port${plain ? '' : ', and the certificate'}; Workers reach no private address`;
    return new ConnectError(plain ? 'unknown' : 'tls-or-refused', this.#address, { cause, advice });
  }
}
