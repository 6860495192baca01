import { DuplexSocket } from '../duplex-socket.ts';
import type { Socket, SocketInfo } from '../socket.ts';
import type { BrowserLeg } from './browser-leg.ts';
import type { Inbound, Marker } from './inbound.ts';

/** The browser's side of a session in the shape of a socket, for the loop that serves the server machine. */
export class LegSocket extends DuplexSocket {
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
    super();
    this.#leg = leg;
    this.#onMarker = onMarker;
    this.#close = close;
    this.closed = leg.over.then(() => {});
  }

  /** Nothing is taken ahead: what was taken counts as consumed with the next read. */
  read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    const item = this.#leg.take();
    return item instanceof Promise ? item.then(next => this.#give(next)) : this.#give(item);
  }

  async #give(item: Inbound): Promise<ReadableStreamReadResult<Uint8Array>> {
    if (item === null) return { done: true, value: undefined };
    if (item instanceof Uint8Array) return { done: false, value: item };
    await this.#onMarker(item);
    return this.read();
  }

  write(octets: Uint8Array): Promise<void> {
    return this.#leg.write(octets);
  }

  /** A WebSocket has no half-close, and the machine asks for none. */
  async end(): Promise<void> {}

  /** Nobody waits for octets of a leg that is over. */
  abort(): void {}

  startTls(): Socket {
    throw new TypeError('Open a secure WebSocket instead: there is no STARTTLS on the way to a relay');
  }

  async close(): Promise<void> {
    this.#close();
  }
}
