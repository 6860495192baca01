import type { Reply } from '@posthaste/smtp-core';

/** One line of a session as people read it; secrets never appear. */
export interface TranscriptLine {
  /** `out`: we said it; `in`: the peer did; `note`: what happened between lines. */
  readonly direction: 'out' | 'in' | 'note';
  readonly text: string;
}

/** The lines of a reply as they came, such as `250-SIZE 1000` (RFC 5321 §4.2.1). */
export function replyLines(reply: Reply): TranscriptLine[] {
  const last = reply.lines.length - 1;
  return reply.lines.map((line, at) => ({
    direction: 'in',
    text: `${reply.code}${at < last ? '-' : ' '}${line}`,
  }));
}
