import type { SecureTransport, Socket, SocketInfo } from './socket.ts';

/** Octets in both directions, for whoever has a socket to himself. */
export interface Duplex {
  /** The peer's next octets; one call at a time. */
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  /** Settles when more may be written. */
  write(octets: Uint8Array): Promise<void>;
  /** Ends this direction behind what was written. */
  end(): Promise<void>;
  /** Drops what has not left. */
  abort(reason: unknown): void;
  /** Lets the socket go, so that it can be upgraded; nothing may be under way. */
  release(): void;
}

/**
 * A socket that can be read and written without its streams, which are made when somebody asks for them: they would
 * cost every group of octets a dozen promises, and every silent session their state.
 */
export abstract class DuplexSocket implements Socket, Duplex {
  abstract readonly opened: Promise<SocketInfo>;
  abstract readonly closed: Promise<void>;
  abstract readonly upgraded: boolean;
  abstract readonly secureTransport: SecureTransport;
  #readable: ReadableStream<Uint8Array> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  #writableController: WritableStreamDefaultController | undefined;

  /** `socket` itself, unless it is of another kind, a stand-in for one, or has its streams in use. */
  static of(socket: Socket): Duplex | undefined {
    if (!(#readable in socket)) return undefined;
    return socket.#readable === undefined && socket.#writable === undefined ? socket : undefined;
  }

  get readable(): ReadableStream<Uint8Array> {
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

  abstract read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  abstract write(octets: Uint8Array): Promise<void>;
  abstract end(): Promise<void>;
  abstract abort(reason: unknown): void;
  abstract startTls(): Socket;
  abstract close(): Promise<void>;

  /** There is nothing to let go: only streams are locked. */
  release(): void {}

  /** Writing has failed: whoever waits at the stream for nothing but that hears of it. */
  protected failWritable(error: unknown): void {
    this.#writableController?.error(error);
  }
}

/** Takes a socket for oneself: through its streams, unless it does without. */
export function duplexOf(socket: Socket): Duplex {
  const direct = DuplexSocket.of(socket);
  if (direct !== undefined) return direct;
  const reader = socket.readable.getReader();
  const writer = socket.writable.getWriter();
  return {
    read: () => reader.read(),
    write: octets => writer.write(octets),
    end: () => writer.close(),
    abort: reason => {
      writer.abort(reason).catch(() => {});
    },
    release: () => {
      reader.releaseLock();
      writer.releaseLock();
    },
  };
}
