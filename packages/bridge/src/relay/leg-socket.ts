import type { Socket, SocketInfo } from '../socket.ts';
import type { BrowserLeg } from './browser-leg.ts';
import type { Marker } from './inbound.ts';

/**
 * The browser's side of a session in the shape of a socket, for the loop that serves the server machine. It is
 * its own reader and writer, with the few methods the loop calls: the platform's streams would be a fifth of a session.
 */
export class LegSocket implements Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo> = Promise.resolve({});
  readonly closed: Promise<void>;
  readonly upgraded = false;
  readonly secureTransport = 'off';
  readonly #leg: BrowserLeg;
  readonly #onMarker: (marker: Marker) => Promise<void>;
  readonly #close: () => void;

  /**
   * @param onMarker Handles a control at its place among the octets: nothing behind it is read before it settles.
   * @param close Ends the leg once the machine is done with it.
   */
  constructor(leg: BrowserLeg, onMarker: (marker: Marker) => Promise<void>, close: () => void) {
    this.#leg = leg;
    this.#onMarker = onMarker;
    this.#close = close;
    this.closed = leg.over.then(() => {});
    this.readable = { getReader: () => this } as unknown as ReadableStream<Uint8Array>;
    this.writable = { getWriter: () => this } as unknown as WritableStream<Uint8Array>;
  }

  /** Nothing is taken ahead: what was taken counts as consumed with the next read. */
  async read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    for (;;) {
      const item = await this.#leg.take();
      if (item === null) return { done: true, value: undefined };
      if (item instanceof Uint8Array) return { done: false, value: item };
      await this.#onMarker(item);
    }
  }

  write(octets: Uint8Array): Promise<void> {
    return this.#leg.write(octets);
  }

  /** Nobody waits for octets of a leg that is over. */
  async abort(): Promise<void> {}

  startTls(): Socket {
    throw new TypeError('Open a secure WebSocket instead: there is no STARTTLS on the way to a relay');
  }

  async close(): Promise<void> {
    this.#close();
  }
}
