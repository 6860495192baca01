import type { Connect, SecureTransport, Socket, SocketAddress, SocketInfo } from '../socket.ts';

/** Octets one end may be ahead of the other. */
const bufferedOctets = 65_536;

/**
 * Two sockets joined in memory: what is written to one is read from the other. `startTls()` on both ends completes an
 * upgrade; nothing is encrypted, for nothing leaves the process.
 *
 * @example A server and its client in one process
 * ```ts
 * const [client, server] = memoryPair();
 * serve(new SmtpServer(options), server, handler);
 * ```
 */
export function memoryPair(secureTransport: SecureTransport = 'starttls'): [Socket, Socket] {
  const forth = new Lane();
  const back = new Lane();
  const upgrade = new Rendezvous();
  return [
    new MemorySocket(back, forth, secureTransport, upgrade),
    new MemorySocket(forth, back, secureTransport, upgrade),
  ];
}

/**
 * A `connect` that hands the other end of every socket to `accept`.
 *
 * @param accept Serves one connection; what it returns or throws is its own affair.
 */
export function memoryConnect(accept: (socket: Socket, address: SocketAddress) => unknown): Connect {
  return (address, options) => {
    const [client, server] = memoryPair(options.secureTransport);
    accept(server, address);
    return client;
  };
}

/** One direction. */
class Lane {
  readonly stream: TransformStream<Uint8Array, Uint8Array>;
  #controller!: TransformStreamDefaultController<Uint8Array>;

  constructor() {
    this.stream = new TransformStream(
      {
        start: controller => {
          this.#controller = controller;
        },
      },
      undefined,
      { highWaterMark: bufferedOctets, size: chunk => chunk.length },
    );
  }

  /** The reader still gets what was taken in, then the end; the writer gets an error. */
  end(): void {
    this.#controller.terminate();
  }
}

/** Both ends must ask for TLS before either has it. */
class Rendezvous {
  readonly met: Promise<void>;
  #resolve!: () => void;
  #arrived = 0;

  constructor() {
    this.met = new Promise(resolve => {
      this.#resolve = resolve;
    });
  }

  arrive(): Promise<void> {
    this.#arrived += 1;
    if (this.#arrived === 2) this.#resolve();
    return this.met;
  }
}

class MemorySocket implements Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo>;
  readonly closed: Promise<void>;
  readonly secureTransport: SecureTransport;
  readonly upgraded: boolean;
  readonly #inbound: Lane;
  readonly #outbound: Lane;
  readonly #upgrade: Rendezvous;
  #settleClosed!: () => void;
  #spent = false;

  constructor(
    inbound: Lane,
    outbound: Lane,
    secureTransport: SecureTransport,
    upgrade: Rendezvous,
    upgraded?: Promise<void>,
  ) {
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#upgrade = upgrade;
    this.readable = inbound.stream.readable;
    this.writable = outbound.stream.writable;
    this.secureTransport = secureTransport;
    this.upgraded = upgraded !== undefined;
    this.opened = Promise.resolve(upgraded).then(() => ({}));
    this.closed = new Promise(resolve => {
      this.#settleClosed = resolve;
    });
  }

  startTls(): Socket {
    if (this.secureTransport !== 'starttls' || this.#spent) {
      throw new TypeError("Connect with secureTransport: 'starttls', and upgrade once");
    }
    this.#spent = true;
    this.#settleClosed();
    return new MemorySocket(this.#inbound, this.#outbound, 'on', this.#upgrade, this.#upgrade.arrive());
  }

  async close(): Promise<void> {
    if (this.#spent) return;
    this.#outbound.end();
    this.#inbound.end();
    this.#settleClosed();
  }
}
