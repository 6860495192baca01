import { Base64Encoder } from './base64-encoder.ts';
import { refuse } from './error.ts';
import { toCrlfBytes } from './line-ending.ts';
import { passThrough } from './pass-through.ts';
import type { StreamedBody } from './piece.ts';
import { QuotedPrintableEncoder } from './quoted-printable-encoder.ts';

const CR = 0x0d;

/** Octets taken from a chunk at a time, so that a chunk as large as the file does not make another. */
const sliceOctets = 65_536;

/**
 * Reads a body and encodes it chunk by chunk, some of them empty; nothing is read before it is asked for.
 *
 * @throws MimeError `invalid-content` where the source fails, or is not as long as it said when it was composed
 */
export async function* encodedChunks(body: StreamedBody, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const { encoding, canonical, field, length } = body;
  const encoder =
    encoding === 'base64'
      ? new Base64Encoder()
      : encoding === 'quoted-printable'
        ? new QuotedPrintableEncoder()
        : passThrough(body);
  const source = body.open();
  let octets = 0;
  let afterCr = false;
  const withLineEnds = (slice: Uint8Array): Uint8Array => {
    const lines = canonical ? toCrlfBytes(slice, afterCr) : slice;
    afterCr = slice.at(-1) === CR;
    return lines;
  };
  const counted = (encoded: Uint8Array, isLast = false): Uint8Array => {
    octets += encoded.length;
    if (length !== undefined && (octets > length || (isLast && octets < length)))
      refuse('invalid-content', field, 'Compose again: the size has changed');
    return encoded;
  };
  try {
    for (;;) {
      const { done, value } = await abortable(source.next(), signal);
      if (done) break;
      if (!(value instanceof Uint8Array))
        refuse('invalid-content', field, 'Give chunks as Uint8Array', value);
      for (let at = 0; at < value.length; at += sliceOctets)
        yield counted(encoder.push(withLineEnds(value.subarray(at, at + sliceOctets))));
    }
    yield counted(encoder.end(), true);
  } finally {
    // Not awaited: a source that hangs in a read would hang here as well.
    source.return(undefined).catch(() => undefined);
  }
}

/** Settles with the promise, or rejects with the reason of the signal, whichever comes first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
