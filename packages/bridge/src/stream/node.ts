import type { Socket as TcpSocket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { within } from '../deadline.ts';
import { DuplexSocket } from '../duplex-socket.ts';
import type { SecureTransport, Socket, SocketInfo } from '../socket.ts';
import type { ReadBlocks } from './read-blocks.ts';

/** Octets kept for a slow reader before the peer is made to wait. */
const maxQueuedOctets = 262_144;
/** How long `close()` waits for the last octets to leave, in milliseconds. */
const closeMs = 1000;

/** How a TCP socket of Node comes about, and how it becomes a TLS socket. */
export interface NodeSocketSource {
  /** Gives the socket once it can be used; gives up when `signal` aborts. */
  open(signal: AbortSignal): Promise<TcpSocket | TLSSocket>;
  /** The TLS socket above `tcp`, once the handshake is done. */
  secure(tcp: TcpSocket, signal: AbortSignal): Promise<TLSSocket>;
  /** Full name of this machine, where there is one; asked for when somebody wants to know it. */
  localName?(): string | undefined;
  /** Memory that the socket reads into, where it shares that with others. */
  readonly blocks?: ReadBlocks;
}

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A socket of `node:net` or `node:tls` in the shape of the WinterTC Sockets API. */
export class NodeSocket extends DuplexSocket {
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
  readonly #queue: Uint8Array[] = [];
  #queuedOctets = 0;
  #reading: Settle<ReadableStreamReadResult<Uint8Array>> | undefined;
  #draining: Settle<void>[] = [];
  #writeFailure: { readonly error: unknown } | undefined;
  #end: { readonly error?: unknown } | undefined;

  constructor(source: NodeSocketSource, secureTransport: SecureTransport, upgraded = false) {
    super();
    this.#source = source;
    this.secureTransport = secureTransport;
    this.upgraded = upgraded;
    this.closed = new Promise(resolve => {
      this.#settleClosed = resolve;
    });
    this.#opening = source.open(this.#abandon.signal).then(tcp => this.#attach(tcp));
    this.opened = this.#opening.then(tcp => socketInfo(tcp, source));
    this.opened.catch(error => this.#finish({ error }));
  }

  read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    const value = this.#queue.shift();
    if (value !== undefined) {
      this.#queuedOctets -= value.length;
      if (this.#queue.length === 0 && this.#tcp?.isPaused()) this.#tcp.resume();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      if (this.#end !== undefined) this.#endReading(this.#end);
    });
  }

  async write(octets: Uint8Array): Promise<void> {
    const tcp = this.#tcp ?? (await this.#opening);
    this.#checkWrites();
    // More than Node cares to keep is refused also when all of it has left by now.
    const taken = tcp.write(octets) || (tcp.writable && tcp.writableLength === 0);
    this.#checkWrites();
    if (taken) return;
    await new Promise<void>((resolve, reject) => {
      this.#draining.push({ resolve, reject });
    });
  }

  end(): Promise<void> {
    return new Promise(resolve => this.#tcp!.end(resolve));
  }

  abort(): void {
    this.#abandon.abort();
    this.#tcp?.destroy();
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

  override recycle(octets: Uint8Array): void {
    this.#source.blocks?.recycle(octets);
  }

  async close(): Promise<void> {
    if (this.#spent) return;
    this.#abandon.abort(new Error('The socket was closed'));
    const tcp = await this.#opening.catch(() => undefined);
    tcp?.destroySoon();
    await within(this.closed, closeMs);
    this.abort();
  }

  readonly #onData = (buffer: Uint8Array): void => {
    // A plain view: a Buffer's slice() does not copy, so nobody else should meet one.
    const chunk = new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
    if (this.#reading !== undefined) {
      this.#reading.resolve({ done: false, value: chunk });
      this.#reading = undefined;
      return;
    }
    this.#queue.push(chunk);
    this.#queuedOctets += chunk.length;
    if (this.#queuedOctets >= maxQueuedOctets) this.#tcp!.pause();
  };
  /** A reset that a write met shows to nobody else: what comes then only looks like an end. */
  readonly #onEnd = (): void => {
    const failure = this.#writeFailure;
    this.#finish((failure?.error as { code?: unknown } | undefined)?.code === 'ECONNRESET' ? failure! : {});
  };
  readonly #onError = (error: unknown): void => this.#finish({ error });
  readonly #onDrain = (): void => {
    for (const { resolve } of this.#draining.splice(0)) resolve();
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
    tcp.resume();
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

  /** The peer said its last word; what is queued is still read before the end shows. */
  #finish(end: { readonly error?: unknown }): void {
    if ('error' in end) this.#failWrites(end.error);
    if (this.#end !== undefined) return;
    this.#end = end;
    if (this.#tcp === undefined) this.#settleClosed();
    this.#endReading(end);
  }

  #endReading(end: { readonly error?: unknown }): void {
    if ('error' in end) this.#reading?.reject(end.error);
    else this.#reading?.resolve({ done: true, value: undefined });
    this.#reading = undefined;
  }

  #checkWrites(): void {
    if (this.#writeFailure !== undefined) throw this.#writeFailure.error;
  }

  #failWrites(error: unknown): void {
    this.#writeFailure ??= { error };
    for (const { reject } of this.#draining.splice(0)) reject(error);
    this.failWritable(error);
  }
}

function socketInfo(tcp: TcpSocket | TLSSocket, source: NodeSocketSource): SocketInfo {
  const { remoteAddress, localAddress } = tcp;
  // Not spread into one literal: with a getter that makes a hash table of each of them.
  const info: { -readonly [field in keyof SocketInfo]: SocketInfo[field] } = {
    get localName() {
      return source.localName?.();
    },
  };
  if (remoteAddress !== undefined) info.remoteAddress = remoteAddress;
  if (localAddress !== undefined) info.localAddress = localAddress;
  if ('encrypted' in tcp) info.tls = tlsInfo(tcp);
  return info;
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
