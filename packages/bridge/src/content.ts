/** A message's octets: all at hand, or as they come. */
export type Content = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

type Next = Uint8Array | null | Promise<Uint8Array | null>;

/** Reads a message's content once, from front to back. */
export class ContentReader {
  readonly #next: (max: number) => Next;
  readonly #cancel: (reason: unknown) => unknown;

  /** @throws {TypeError} The content is none of the kinds it may be. */
  constructor(content: Content) {
    if (content instanceof Uint8Array) {
      // A plain view: measured, a Buffer's own subarray() takes longer, and so does all that meets two kinds of arrays.
      const { buffer, byteOffset, length } = content;
      let at = 0;
      this.#next = max => {
        if (at >= length) return null;
        const piece = new Uint8Array(buffer, byteOffset + at, Math.min(max, length - at));
        at += piece.length;
        return piece;
      };
      this.#cancel = () => {};
    } else if (isReadableStream(content)) {
      const reader = content.getReader();
      this.#next = () => reader.read().then(({ done, value }) => (done ? null : checked(value)));
      this.#cancel = reason => reader.cancel(reason);
    } else if (isAsyncIterable(content)) {
      outliveFailure(content);
      const iterator = content[Symbol.asyncIterator]();
      this.#next = async () => {
        const { done, value } = await iterator.next();
        return done ? null : checked(value);
      };
      this.#cancel = () => iterator.return?.();
    } else {
      throw new TypeError('Give the content as a Uint8Array, a ReadableStream or an async iterable of them');
    }
  }

  /** Octets at hand come in pieces of `max`; those of a stream as it gives them; `null` is the end. */
  next(max: number): Next {
    return this.#next(max);
  }

  /** Cancels, and throws the reason. */
  refuse(reason: unknown): never {
    this.cancel(reason);
    throw reason;
  }

  /** Tells the source that nobody reads on. */
  async cancel(reason: unknown): Promise<void> {
    try {
      await this.#cancel(reason);
    } catch {
      // The source's own trouble changes nothing for a message that is already decided.
    }
  }
}

function isReadableStream(content: object): content is ReadableStream<Uint8Array> {
  return 'getReader' in content && typeof content.getReader === 'function';
}

function isAsyncIterable(content: object): content is AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in content && typeof content[Symbol.asyncIterator] === 'function';
}

function checked(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('Give the content as Uint8Array chunks; encode a text first');
}

/** Hears of the failure of a Node stream before its turn, which it tells again when it is read. */
function outliveFailure(content: AsyncIterable<Uint8Array>): void {
  const stream = content as {
    on?(event: 'error', listener: () => void): unknown;
    listeners?(event: 'error'): readonly unknown[];
  };
  const heard = typeof stream.listeners === 'function' ? stream.listeners('error') : undefined;
  if (stream.on && !(Array.isArray(heard) && heard.includes(unheard))) stream.on('error', unheard);
}

/** One for all, so that content that is given again does not gather listeners. */
function unheard(): void {}
