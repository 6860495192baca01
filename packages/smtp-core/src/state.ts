import type { Phase } from './action.ts';

/** Where a session or a transaction can be: a phase, or over. */
export type State = Phase | 'closed';

/** What leaves a state: a reply code, a class of replies, or something that happens on our side. */
export type Trigger =
  | '220'
  | '235'
  | '334'
  | '354'
  | '2yz'
  /** 4yz or 5yz. */
  | 'refused'
  | 'any'
  | 'started'
  | 'failed'
  | 'responded'
  | 'cancelled'
  | 'begin'
  | 'end';

/**
 * Every phase, what leaves it and where that may lead. A reply without an entry is unexpected and ends the session;
 * what may happen anywhere is in `AMBIENT`. The machine moves through `move()` alone, so a path that is not here
 * cannot be taken; the diagrams in the documentation are drawn from this table.
 */
export const TRANSITIONS: { readonly [P in Phase]: { readonly [T in Trigger]?: string } } = {
  // RFC 5321 §3.1: only 220 opens a session.
  greeting: { '220': 'hello idle', refused: 'closed' },
  // RFC 5321 §3.2: EHLO, then HELO where EHLO is not understood. Extensions decide what comes next.
  hello: { '2yz': 'starttls command auth idle closed', refused: 'hello idle closed' },
  // RFC 3207 §4: after a refusal an opportunistic session goes on in the clear.
  starttls: { '220': 'tls', refused: 'command auth idle closed' },
  // RFC 3207 §4.2: everything learned before TLS is forgotten.
  tls: { started: 'hello idle', failed: 'closed' },
  // RFC 4954 §4: a mechanism refused outright makes way for the next one.
  auth: {
    '235': 'idle closed',
    '334': 'auth idle closed',
    responded: 'auth',
    refused: 'auth idle closed',
    cancelled: 'auth idle closed',
  },
  // Work begins; in manual mode each verb is work of its own.
  idle: { begin: 'rset mail command quit hello starttls auth rcpt data' },
  // RFC 2920 §3.1: what was sent in the same group is answered even behind a refusal.
  rset: { '2yz': 'mail idle', refused: 'mail idle' },
  mail: { '2yz': 'rcpt idle', refused: 'rcpt idle' },
  // The last answer decides: content to whoever was accepted, or none.
  rcpt: { '2yz': 'rcpt data body final idle', refused: 'rcpt data body final idle' },
  // Only 354 starts a body; with nobody accepted the answer is a lone dot (RFC 2920 §3.1), or the end.
  data: { '354': 'body final closed', refused: 'idle' },
  // Replies answer BDAT chunks; to DATA nothing may be said before its end but a refusal.
  body: { '2yz': 'body final idle', refused: 'body final idle', end: 'final', failed: 'idle closed' },
  // LMTP answers once for each accepted recipient (RFC 2033 §4.2).
  final: { '2yz': 'final idle', refused: 'final idle' },
  quit: { any: 'closed' },
  // XCLIENT leads back to EHLO.
  command: { any: 'hello idle closed' },
};

/** What ends a session wherever it is. */
export const AMBIENT: readonly string[] = [
  '421',
  'unexpected reply',
  'end of stream',
  'timeout',
  'socket error',
];

/**
 * Says which entry of the table a reply belongs to, undefined when it is unexpected (RFC 5321 §4.2.1: a code that
 * is not known counts by its first digit).
 */
export function triggerOf(phase: Phase, code: number): Trigger | undefined {
  const exits = TRANSITIONS[phase];
  const kind = code >= 400 ? 'refused' : code >= 200 && code < 300 ? '2yz' : 'any';
  const trigger = code in exits ? (`${code}` as Trigger) : kind;
  return trigger in exits ? trigger : 'any' in exits ? 'any' : undefined;
}

/**
 * The only way from one state to another.
 *
 * @throws Error When the table has no such edge: a fault of the machine, not of its peer.
 */
export function move(from: State, trigger: Trigger, to: State): State {
  if (!TRANSITIONS[from as Phase]?.[trigger]?.split(' ').includes(to))
    throw new Error(`${from} ${trigger} ${to}`);
  return to;
}
