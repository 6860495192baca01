import { Base64Encoder } from './base64-encoder.ts';
import { refuse } from './error.ts';
import { PassThrough } from './pass-through.ts';
import type { StreamedBody } from './piece.ts';
import { QuotedPrintableEncoder } from './quoted-printable-encoder.ts';

/** Octets taken from a chunk at a time, so that a chunk as large as the file does not make another. */
const sliceOctets = 65_536;

/**
 * Reads a body and encodes it chunk by chunk; nothing is read before it is asked for.
 *
 * @throws MimeError `invalid-content` where the source fails, or is not as long as it said when it was composed
 */
export async function* encodedChunks(body: StreamedBody, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const { encoding, field, boundaries } = body;
  const encoder =
    encoding === 'base64'
      ? new Base64Encoder(76)
      : encoding === 'quoted-printable'
        ? new QuotedPrintableEncoder()
        : new PassThrough(encoding, boundaries, field);
  const source = body.open();
  let octets = 0;
  const counted = (encoded: Uint8Array, isLast: boolean): Uint8Array => {
    octets += encoded.length;
    const wrong = isLast ? octets !== body.length : octets > (body.length ?? octets);
    if (body.length !== undefined && wrong)
      refuse('invalid-content', field, 'Compose again: the size has changed');
    return encoded;
  };
  try {
    for (;;) {
      const { done, value } = await abortable(source.next(), signal);
      if (done) break;
      for (let at = 0; at < value.length; at += sliceOctets) {
        const encoded = counted(encoder.push(value.subarray(at, at + sliceOctets)), false);
        if (encoded.length > 0) yield encoded;
      }
    }
    const rest = counted(encoder.end(), true);
    if (rest.length > 0) yield rest;
  } finally {
    // Not awaited: a source that hangs in a read would hang here as well.
    source.return(undefined).catch(() => undefined);
  }
}

/** Settles with the promise, or rejects with the reason of the signal, whichever comes first. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
