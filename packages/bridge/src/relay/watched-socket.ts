import type { SecureTransport, Socket, SocketInfo, TlsInfo } from '../socket.ts';

/** A socket that is open already, and remembers what TLS agreed on when it is upgraded. */
export class WatchedSocket implements Socket {
  readonly #socket: Socket;
  readonly #learn: (tls: TlsInfo | undefined) => void;

  constructor(socket: Socket, learn: (tls: TlsInfo | undefined) => void) {
    this.#socket = socket;
    this.#learn = learn;
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#socket.readable;
  }

  get writable(): WritableStream<Uint8Array> {
    return this.#socket.writable;
  }

  get opened(): Promise<SocketInfo> {
    return this.#socket.opened;
  }

  get closed(): Promise<void> {
    return this.#socket.closed;
  }

  get upgraded(): boolean {
    return this.#socket.upgraded;
  }

  get secureTransport(): SecureTransport {
    return this.#socket.secureTransport;
  }

  startTls(): Socket {
    const secured = this.#socket.startTls();
    // A failure is for whoever awaits `opened`.
    secured.opened.then(({ tls }) => this.#learn(tls ?? {})).catch(() => {});
    return secured;
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}
