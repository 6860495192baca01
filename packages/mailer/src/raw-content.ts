import { MailerError } from './error.ts';
import type { RawContent } from './message-input.ts';
import type { Content } from './outgoing.ts';
import { quoted } from './quoted.ts';
import { outliveFailure } from './source-failure.ts';

/** Ready-made octets as content: read once if they are a stream, as often as needed otherwise. */
export function rawContent(raw: Exclude<RawContent, { readonly envelope: unknown }>): Content {
  if (raw instanceof Uint8Array) return ofBytes(raw);
  if (raw instanceof Blob) {
    return {
      replayable: true,
      bytes: async () => new Uint8Array(await raw.arrayBuffer()),
      stream: () => raw.stream(),
    };
  }
  if (typeof raw === 'object' && raw !== null) {
    outliveFailure(raw);
    if (raw instanceof ReadableStream) return ofStream(() => raw);
    if (Symbol.asyncIterator in raw) return ofStream(() => streamOf(raw));
  }
  throw new MailerError(
    'invalid-message',
    `Give raw as a Uint8Array, a Blob, a stream or an async iterable of octets, not ${quoted(raw)}`,
  );
}

function ofBytes(bytes: Uint8Array): Content {
  const survey = surveyOf(bytes);
  return {
    size: survey.size,
    ...(survey.eightBit && { body: '8bit' as const }),
    replayable: true,
    bytes: async () => bytes,
    stream: () => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream(),
  };
}

function ofStream(open: () => ReadableStream<Uint8Array>): Content {
  return { replayable: false, stream: open, bytes: () => collect(open()) };
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}

/** Octets on the wire, where every line end is CRLF (RFC 1870 §3), and whether any has its high bit set. */
function surveyOf(bytes: Uint8Array): { size: number; eightBit: boolean } {
  let size = bytes.length;
  let seen = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i]!;
    seen |= octet;
    if (octet === 13 ? bytes[i + 1] !== 10 : octet === 10 && bytes[i - 1] !== 13) size++;
  }
  return { size, eightBit: seen > 127 };
}
