import { MimeError, quoteValue } from './error.ts';
import type { Content } from './message.ts';

/** Content that is read when the message is. */
export interface ContentSource {
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Octets, where known before reading. */
  readonly octets: number | undefined;
  readonly replayable: boolean;
}

/** Presents a Blob, a stream, an async iterable or a composed message as something to be opened. */
export function openContent(content: Content | undefined, field: string): ContentSource {
  const source = content as
    | Partial<Blob & AsyncIterable<Uint8Array> & ReadableStream<Uint8Array>>
    | undefined
    | null;
  if (typeof source === 'object' && source !== null) {
    if (typeof source.stream === 'function') {
      const blob = source as Blob & { readonly replayable?: boolean };
      const replayable = blob.replayable !== false;
      return { open: () => chunksOf(blob.stream(), field), octets: blob.size, replayable };
    }
    if (typeof source.getReader === 'function' || typeof source[Symbol.asyncIterator] === 'function') {
      const stream = source as ReadableStream<Uint8Array>;
      return { open: () => chunksOf(stream, field), octets: undefined, replayable: false };
    }
  }
  throw new MimeError(
    'invalid-content',
    `Give ${field} as a string, octets, a Blob, a stream or a composed message, not ${quoteValue(content)}; read files and fetch URLs yourself`,
    { field },
  );
}

/** Chunks of a web stream, whose reader is released or cancelled at the end, or of any async iterable. */
async function* chunksOf(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  field: string,
): AsyncGenerator<Uint8Array> {
  const reader = 'getReader' in source ? source.getReader() : undefined;
  const iterator = reader ? undefined : (source as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let done = false;
  try {
    for (;;) {
      const result = await (reader ? reader.read() : iterator!.next()).catch((cause: unknown) => {
        done = true;
        throw new MimeError(
          'invalid-content',
          `Check the source of ${field}, which failed while it was read`,
          { field, cause },
        );
      });
      if (result.done) {
        done = true;
        return;
      }
      if (!(result.value instanceof Uint8Array)) {
        throw new MimeError(
          'invalid-content',
          `Give the chunks of ${field} as Uint8Array, not ${quoteValue(result.value)}`,
          { field },
        );
      }
      if (result.value.length > 0) yield result.value;
    }
  } finally {
    // Whoever stops early must not keep a file or a connection open.
    if (!done) await (reader ? reader.cancel() : iterator?.return?.())?.catch(() => undefined);
    reader?.releaseLock();
  }
}
