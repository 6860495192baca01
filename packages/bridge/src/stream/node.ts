import type { Socket as TcpSocket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { within } from '../deadline.ts';
import type { SecureTransport, Socket, SocketInfo } from '../socket.ts';

/** Octets kept for a slow reader before the peer is made to wait. */
const maxQueuedOctets = 65_536;
/** How long `close()` waits for the last octets to leave, in milliseconds. */
const closeMs = 1000;

/** How a TCP socket of Node comes about, and how it becomes a TLS socket. */
export interface NodeSocketSource {
  /** Gives the socket once it can be used; gives up when `signal` aborts. */
  open(signal: AbortSignal): Promise<TcpSocket | TLSSocket>;
  /** The TLS socket above `tcp`, once the handshake is done. */
  secure(tcp: TcpSocket, signal: AbortSignal): Promise<TLSSocket>;
  readonly localName?: string;
}

/** A socket of `node:net` or `node:tls` in the shape of the WinterTC Sockets API. */
export class NodeSocket implements Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo>;
  readonly closed: Promise<void>;
  readonly secureTransport: SecureTransport;
  readonly upgraded: boolean;
  readonly #source: NodeSocketSource;
  readonly #opening: Promise<TcpSocket | TLSSocket>;
  readonly #abandon = new AbortController();
  #settleClosed!: () => void;
  #spent = false;
  #tcp: TcpSocket | TLSSocket | undefined;
  #readableController!: ReadableStreamDefaultController<Uint8Array>;
  #writableController!: WritableStreamDefaultController;
  readonly #queue: Uint8Array[] = [];
  #queuedOctets = 0;
  /** Set while a reader waits for octets. */
  #pulled: (() => void) | undefined;
  #drained: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
  #end: { readonly error?: unknown } | undefined;

  constructor(source: NodeSocketSource, secureTransport: SecureTransport, upgraded = false) {
    this.#source = source;
    this.secureTransport = secureTransport;
    this.upgraded = upgraded;
    this.closed = new Promise(resolve => {
      this.#settleClosed = resolve;
    });
    this.#opening = source.open(this.#abandon.signal).then(tcp => this.#attach(tcp));
    this.opened = this.#opening.then(tcp => socketInfo(tcp, source.localName));
    this.opened.catch(error => this.#finish({ error }));
    this.readable = new ReadableStream(
      {
        start: controller => {
          this.#readableController = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#destroy(),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream({
      start: controller => {
        this.#writableController = controller;
        // abort() itself waits for the write under way, which a peer that does not read holds up.
        controller.signal.addEventListener('abort', () => this.#destroy());
        return this.#opening.then(() => undefined);
      },
      write: chunk => this.#write(chunk),
      close: () => new Promise(resolve => this.#tcp!.end(resolve)),
    });
  }

  startTls(): Socket {
    if (this.secureTransport !== 'starttls' || this.#spent) {
      throw new TypeError("Connect with secureTransport: 'starttls', and upgrade once");
    }
    this.#spent = true;
    const opening = this.#tcp === undefined ? this.#opening : Promise.resolve(this.#tcp);
    if (this.#tcp !== undefined) this.#detach(this.#tcp);
    const open = async (signal: AbortSignal): Promise<TLSSocket> => {
      const tcp = await opening;
      this.#detach(tcp);
      const early = this.#queuedOctets + tcp.readableLength;
      if (early > 0) {
        tcp.destroy();
        throw new Error(`Do not trust this server: ${early} octets arrived before the TLS handshake`);
      }
      return this.#source.secure(tcp, signal);
    };
    return new NodeSocket({ ...this.#source, open }, 'on', true);
  }

  async close(): Promise<void> {
    if (this.#spent) return;
    this.#abandon.abort(new Error('The socket was closed'));
    const tcp = await this.#opening.catch(() => undefined);
    tcp?.destroySoon();
    await within(this.closed, closeMs);
    this.#destroy();
  }

  readonly #onData = (buffer: Uint8Array): void => {
    // A plain view: a Buffer's slice() does not copy, so nobody else should meet one.
    const chunk = new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
    if (this.#pulled !== undefined) {
      this.#readableController.enqueue(chunk);
      this.#answerPull();
      return;
    }
    this.#queue.push(chunk);
    this.#queuedOctets += chunk.length;
    if (this.#queuedOctets >= maxQueuedOctets) this.#tcp!.pause();
  };
  readonly #onEnd = (): void => this.#finish({});
  readonly #onError = (error: unknown): void => this.#finish({ error });
  readonly #onDrain = (): void => {
    this.#drained?.resolve();
    this.#drained = undefined;
  };
  readonly #onClose = (): void => {
    this.#failWrites(new Error('The connection is closed'));
    this.#finish({});
    this.#settleClosed();
  };

  #attach(tcp: TcpSocket | TLSSocket): TcpSocket | TLSSocket {
    this.#tcp = tcp;
    tcp.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError);
    tcp.on('drain', this.#onDrain).on('close', this.#onClose);
    this.#surviveWriteError(tcp);
    return tcp;
  }

  /**
   * Node destroys a socket at its first write error, and with it what the peer said before it hung up, such as 421 or
   * 552. Here a write error fails the writing side alone.
   */
  #surviveWriteError(tcp: TcpSocket | TLSSocket): void {
    const write = tcp._write.bind(tcp);
    const writev = tcp._writev?.bind(tcp);
    const settle = (done: () => void) => (error?: Error | null) => {
      if (error) this.#failWrites(error);
      done();
    };
    tcp._write = (chunk, encoding, done) => write(chunk, encoding, settle(done));
    if (writev !== undefined) tcp._writev = (chunks, done) => writev(chunks, settle(done));
  }

  #detach(tcp: TcpSocket): void {
    tcp.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError);
    tcp.off('drain', this.#onDrain).off('close', this.#onClose);
    tcp.on('error', () => {});
    tcp.pause();
    this.#settleClosed();
  }

  #pull(): Promise<void> | undefined {
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.#queuedOctets -= chunk.length;
      this.#readableController.enqueue(chunk);
      if (this.#queue.length === 0 && this.#tcp?.isPaused()) this.#tcp.resume();
      return undefined;
    }
    if (this.#end !== undefined) {
      this.#endReadable(this.#end);
      return undefined;
    }
    return new Promise(resolve => {
      this.#pulled = resolve;
    });
  }

  #answerPull(): void {
    this.#pulled?.();
    this.#pulled = undefined;
  }

  /** The peer said its last word; what is queued is still read before the end shows. */
  #finish(end: { readonly error?: unknown }): void {
    if ('error' in end) this.#failWrites(end.error);
    if (this.#end !== undefined) return;
    this.#end = end;
    if (this.#tcp === undefined) this.#settleClosed();
    if (this.#pulled === undefined) return;
    this.#endReadable(end);
    this.#answerPull();
  }

  #endReadable(end: { readonly error?: unknown }): void {
    if ('error' in end) this.#readableController.error(end.error);
    else this.#readableController.close();
  }

  #write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#tcp!.write(chunk)) return undefined;
    return new Promise((resolve, reject) => {
      this.#drained = { resolve, reject };
    });
  }

  #failWrites(error: unknown): void {
    this.#drained?.reject(error);
    this.#drained = undefined;
    this.#writableController.error(error);
  }

  #destroy(): void {
    this.#abandon.abort();
    this.#tcp?.destroy();
  }
}

function socketInfo(tcp: TcpSocket | TLSSocket, localName: string | undefined): SocketInfo {
  const { remoteAddress, localAddress } = tcp;
  return {
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(localName === undefined ? {} : { localName }),
    ...('encrypted' in tcp ? { tls: tlsInfo(tcp) } : {}),
  };
}

function tlsInfo(tls: TLSSocket): NonNullable<SocketInfo['tls']> {
  const protocol = tls.getProtocol();
  const { fingerprint256 } = tls.getPeerCertificate();
  return {
    ...(protocol === null ? {} : { protocol }),
    cipher: tls.getCipher().name,
    ...(fingerprint256 === undefined ? {} : { fingerprint256 }),
  };
}
