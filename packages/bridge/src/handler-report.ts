import type { ServeHandler, ServeSession } from './serve-handler.ts';
import type { TranscriptLine } from './transcript.ts';

/** Gives a handler one line of its session; what the listener throws is told to `onError`. */
export function record(handler: ServeHandler, line: TranscriptLine, session: ServeSession): void {
  try {
    handler.onTranscript?.(line, session);
  } catch (error) {
    report(handler, error, session);
  }
}

/** Tells a handler that the transaction is void; what it throws is told to `onError`. */
export function voided(handler: ServeHandler, session: ServeSession): void {
  try {
    handler.onReset?.(session);
  } catch (error) {
    report(handler, error, session);
  }
}

/** Tells a handler of an error. */
export function report(handler: ServeHandler, error: unknown, session: ServeSession): void {
  try {
    handler.onError?.(error, session);
  } catch {
    // Whoever hears of errors failed to: nobody is left to tell, and the client is not to blame.
  }
}
