import { DirectDuplex } from './duplex.ts';
import type { SecureTransport, Socket, SocketInfo } from './socket.ts';

/** A socket that does without its streams: they are made when somebody asks for them. */
export abstract class DuplexSocket extends DirectDuplex implements Socket {
  abstract readonly opened: Promise<SocketInfo>;
  abstract readonly closed: Promise<void>;
  abstract readonly upgraded: boolean;
  abstract readonly secureTransport: SecureTransport;
  #readable: ReadableStream<Uint8Array> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  #writableController: WritableStreamDefaultController | undefined;

  get readable(): ReadableStream<Uint8Array> {
    this.stream();
    this.#readable ??= new ReadableStream(
      {
        pull: async controller => {
          const { done, value } = await this.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: reason => this.abort(reason),
      },
      { highWaterMark: 0 },
    );
    return this.#readable;
  }

  get writable(): WritableStream<Uint8Array> {
    this.stream();
    this.#writable ??= new WritableStream({
      start: controller => {
        this.#writableController = controller;
        // abort() itself waits for the write under way, which a peer that does not read holds up.
        controller.signal.addEventListener('abort', () => this.abort(controller.signal.reason));
        return this.opened.then(() => undefined);
      },
      write: octets => this.write(octets),
      close: () => this.end(),
    });
    return this.#writable;
  }

  abstract startTls(): Socket;
  abstract close(): Promise<void>;

  /** Writing has failed: whoever waits at the stream for nothing but that hears of it. */
  protected failWritable(error: unknown): void {
    this.#writableController?.error(error);
  }
}
