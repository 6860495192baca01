import type { ConnectionOptions } from '@posthaste/bridge';
import { namedListener } from './callback.ts';
import type { Secrets } from './secrets.ts';

/** Hears the lines of a session. */
type TranscriptListener = NonNullable<ConnectionOptions['onTranscript']>;

/** A listener that hears no secret that the server repeats, and whose errors say that they are its own. */
export function transcriptListener(listener: TranscriptListener, secrets: Secrets): TranscriptListener {
  const named = namedListener('onTranscript', listener);
  return line => named({ ...line, text: secrets.masked(line.text) });
}
