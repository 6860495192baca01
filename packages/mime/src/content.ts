import { refuse } from './error.ts';
import type { Content } from './message.ts';
import { utf8 } from './utf8.ts';

/** Content that is read when the message is. */
export interface ContentSource {
  open(): AsyncGenerator<Uint8Array>;
  /** Octets, where known before reading. */
  readonly size: number | undefined;
  readonly replayable: boolean;
}

/** Octets of content that is at hand. */
export function octetsOf(content: unknown): Uint8Array | undefined {
  if (typeof content === 'string') return utf8(content);
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  return ArrayBuffer.isView(content)
    ? new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
    : undefined;
}

/**
 * Keeps a stream of Node that fails before it is read, such as that of a file that is missing, from ending the process:
 * it tells its failure again to whoever reads it.
 */
export function outliveFailure(content: unknown): void {
  const source = Object(content) as {
    on?: (event: 'error', listener: () => void) => unknown;
    listeners?: (event: 'error') => readonly unknown[];
  };
  if (typeof source.on !== 'function') return;
  const heard = typeof source.listeners === 'function' ? source.listeners('error') : undefined;
  if (!(Array.isArray(heard) && heard.includes(unheard))) source.on('error', unheard);
}

/** One for all, so that a stream which is given again has it already. */
function unheard(): void {}

/** Presents a Blob, a stream, an async iterable or a composed message as something to be opened. */
export function openContent(content: Content | undefined, field: string): ContentSource {
  const source = Object(content) as Partial<
    Blob & ReadableStream<Uint8Array> & { readonly replayable: boolean }
  >;
  const isBlob = typeof source.stream === 'function';
  if (!isBlob && !source.getReader && !source[Symbol.asyncIterator]) {
    refuse(
      'invalid-content',
      field,
      'Give a string, octets, a Blob or a stream; open files and URLs yourself',
      content,
    );
  }
  outliveFailure(source);
  return {
    open: () => chunksOf(isBlob ? (source as Blob).stream() : (source as ReadableStream<Uint8Array>), field),
    size: isBlob ? source.size : undefined,
    replayable: isBlob && (source.replayable ?? true),
  };
}

/** Chunks of a web stream or of any async iterable, which is let go at the end. */
async function* chunksOf(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  field: string,
): AsyncGenerator<Uint8Array> {
  // Not every runtime iterates over streams.
  const reader = 'getReader' in source ? source.getReader() : undefined;
  try {
    yield* reader
      ? {
          [Symbol.asyncIterator]: () => ({
            next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
            // Whoever stops early must not keep a file or a connection open.
            return: async () => {
              await reader.cancel();
              return { done: true as const, value: undefined };
            },
          }),
        }
      : (source as AsyncIterable<Uint8Array>);
  } catch (cause) {
    refuse('invalid-content', field, 'Check the source, which failed', undefined, undefined, cause);
  } finally {
    reader?.releaseLock();
  }
}
