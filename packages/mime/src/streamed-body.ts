import { Base64Encoder } from './base64-encoder.ts';
import { MimeError } from './error.ts';
import { PassThrough } from './pass-through.ts';
import type { StreamedBody } from './piece.ts';
import { QuotedPrintableStream } from './quoted-printable-stream.ts';

/** What turns chunks as they come into chunks as they are written. */
interface ChunkEncoder {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** Octets taken from the source at a time, so that a chunk as large as the file does not make another. */
const sliceOctets = 65_536;

/** Reads a body and encodes it chunk by chunk; nothing is read before it is asked for. */
export async function* encodedChunks(body: StreamedBody, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const encoder = encoderFor(body);
  const source = body.open(signal)[Symbol.asyncIterator]();
  let done = false;
  let octets = 0;
  try {
    for (;;) {
      const result = await abortable(source.next(), signal);
      if (result.done) break;
      for (let at = 0; at < result.value.length; at += sliceOctets) {
        const encoded = encoder.push(result.value.subarray(at, at + sliceOctets));
        octets += encoded.length;
        if (octets > (body.length ?? octets)) throw changed(body);
        if (encoded.length > 0) yield encoded;
      }
    }
    done = true;
    const rest = encoder.end();
    octets += rest.length;
    if (octets !== (body.length ?? octets)) throw changed(body);
    if (rest.length > 0) yield rest;
  } finally {
    // Not awaited: a source that hangs in a read would hang here as well.
    if (!done) source.return?.()?.catch(() => undefined);
  }
}

/** A file may be written to after the message was composed; its size has been told by then. */
function changed(body: StreamedBody): MimeError {
  return new MimeError(
    'invalid-content',
    `Compose the message again: the size of ${body.field} has changed`,
    { field: body.field },
  );
}

function encoderFor(body: StreamedBody): ChunkEncoder {
  if (body.encoding === 'base64') return new Base64Encoder(76);
  if (body.encoding === 'quoted-printable') return new QuotedPrintableStream();
  return new PassThrough(body.encoding, body.boundaries, body.field);
}

/** Settles with the promise, or rejects with the reason of the signal, whichever comes first. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
