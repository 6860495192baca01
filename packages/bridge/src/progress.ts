import type { Phase } from '@posthaste/smtp-core';

/** How far a message has come. */
export interface ConnectionProgress {
  /** `body`: the content is being sent; `final`: all of it was handed out, the reply is awaited. */
  readonly phase: Extract<Phase, 'body' | 'final'>;
  /** Content octets handed to the socket, without dot-stuffing. */
  readonly sentOctets: number;
  /** Content octets in all, where known. */
  readonly totalOctets?: number;
}

/** Turns a session's count of octets into progress for a listener; what that throws calls its message off. */
export function progressListener(
  listener: (progress: ConnectionProgress) => void,
  totalOctets: number | undefined,
): (sentOctets: number, ended: boolean) => void {
  return (sentOctets, ended) =>
    listener({
      phase: ended ? 'final' : 'body',
      sentOctets,
      ...(totalOctets !== undefined && { totalOctets }),
    });
}
