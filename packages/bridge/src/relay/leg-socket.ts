import type { Socket, SocketInfo } from '../socket.ts';
import type { BrowserLeg } from './browser-leg.ts';
import type { Marker } from './inbound.ts';

/** The browser's side of a session in the shape of a socket, for the loop that serves the server machine. */
export class LegSocket implements Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo> = Promise.resolve({});
  readonly closed: Promise<void>;
  readonly upgraded = false;
  readonly secureTransport = 'off';
  readonly #close: () => void;

  /**
   * @param onMarker Handles a control at its place among the octets: nothing behind it is read before it settles.
   * @param close Ends the leg once the machine is done with it.
   */
  constructor(leg: BrowserLeg, onMarker: (marker: Marker) => Promise<void>, close: () => void) {
    this.#close = close;
    this.readable = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          for (;;) {
            const item = await leg.take();
            if (item === null) return controller.close();
            if (item instanceof Uint8Array) return controller.enqueue(item);
            await onMarker(item);
          }
        },
      },
      // Nothing is taken ahead: what was taken counts as consumed with the next read.
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream({ write: octets => leg.write(octets) });
    this.closed = new Promise(resolve => {
      leg.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  startTls(): Socket {
    throw new TypeError('Open a secure WebSocket instead: there is no STARTTLS on the way to a relay');
  }

  async close(): Promise<void> {
    this.#close();
  }
}
