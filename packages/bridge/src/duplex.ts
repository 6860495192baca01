import type { Socket } from './socket.ts';

/** Octets in both directions, for whoever has a socket to himself. */
export interface Duplex {
  /** The peer's next octets; one call at a time. */
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  /** Gives back what was read, when nobody looks at it any more; not needed, but it saves memory for the next reads. */
  recycle(octets: Uint8Array): void;
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
 * What can be read and written without streams: they would cost every group of octets a dozen promises, and every
 * silent session their state. Only the thing itself is taken for one, never what stands in front of it.
 */
export abstract class DirectDuplex implements Duplex {
  /** Somebody has its streams. */
  #streamed = false;

  /** `socket` itself, unless it is of another kind, a stand-in for one, or has its streams in use. */
  static of(socket: object): Duplex | undefined {
    return #streamed in socket && !socket.#streamed ? socket : undefined;
  }

  /** From here on it is used through its streams. */
  protected stream(): void {
    this.#streamed = true;
  }

  abstract read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  abstract write(octets: Uint8Array): Promise<void>;
  abstract end(): Promise<void>;
  abstract abort(reason: unknown): void;

  /** Most read into new memory. */
  recycle(_octets: Uint8Array): void {}

  /** There is nothing to let go: only streams are locked. */
  release(): void {}
}

/** Takes a socket for oneself: through its streams, unless it does without. */
export function duplexOf(socket: Socket): Duplex {
  const direct = DirectDuplex.of(socket);
  if (direct !== undefined) return direct;
  const reader = socket.readable.getReader();
  const writer = socket.writable.getWriter();
  return {
    read: () => reader.read(),
    recycle: () => {},
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
