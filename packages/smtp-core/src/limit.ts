import type { Phase } from './action.ts';

/** Longest reply line in octets without its line end: RFC 5321 §4.5.3.1.5 says 512, real servers exceed it. */
export const MAX_REPLY_LINE_OCTETS = 4096;

/** Longest reply in octets over all its lines; EHLO lists and HELP texts stay far below. */
export const MAX_REPLY_OCTETS = 65_536;

/** Longest AUTH line in octets with its CRLF; a longer initial response waits for an empty 334 (RFC 4954 §4). */
export const MAX_AUTH_LINE_OCTETS = 12_288;

/** Challenges answered before the exchange is cancelled; SCRAM needs two, GSSAPI three. */
export const MAX_SASL_ROUNDS = 10;

/** Commands waiting for a reply: more could fill both TCP windows while neither side reads (RFC 2920 §3.1). */
export const MAX_IN_FLIGHT = 100;

/** Octets asked of a body source at a time; a larger DATA chunk is written in pieces of this size. */
export const MAX_BODY_OCTETS = 65_536;

const MINUTE_MS = 60_000;

/** How long a reply may take, by what is waited for (RFC 5321 §4.5.3.2); five minutes where it names none. */
export function replyTimeoutMs(phase: Phase): number {
  if (phase === 'data') return 2 * MINUTE_MS;
  if (phase === 'body') return 3 * MINUTE_MS;
  return (phase === 'final' ? 10 : 5) * MINUTE_MS;
}
