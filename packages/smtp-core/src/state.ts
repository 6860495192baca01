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
  | '4yz'
  | '5yz'
  | 'any'
  | 'tls started'
  | 'tls failed'
  | 'not to be had'
  | 'cancelled'
  | 'send'
  | 'command'
  | 'reset'
  | 'quit'
  | 'end'
  | 'refused early'
  | 'source failed';

type Row = { readonly [T in Trigger]?: readonly State[] };

/**
 * Every phase, what leaves it and where that may lead. A reply without a row is unexpected and ends the session;
 * what may happen anywhere is in `AMBIENT`. The machine moves through `move()` alone, so a path that is not here
 * cannot be taken; the diagrams in the documentation are drawn from this table.
 */
export const TRANSITIONS: { readonly [P in Phase]: Row } = {
  // RFC 5321 §3.1: only 220 opens a session.
  greeting: { '220': ['hello', 'idle'], '4yz': ['closed'], '5yz': ['closed'] },
  // §3.2: EHLO, then HELO where EHLO is not understood. Extensions decide what comes next.
  hello: {
    '2yz': ['starttls', 'command', 'auth', 'idle', 'closed'],
    '4yz': ['idle', 'closed'],
    '5yz': ['hello', 'idle', 'closed'],
  },
  // RFC 3207 §4: after a refusal an opportunistic session goes on in the clear.
  starttls: {
    '220': ['tls'],
    '4yz': ['command', 'auth', 'idle', 'closed'],
    '5yz': ['command', 'auth', 'idle', 'closed'],
    'not to be had': ['closed'],
  },
  // §4.2: everything learned before TLS is forgotten.
  tls: { 'tls started': ['hello', 'idle'], 'tls failed': ['closed'] },
  // RFC 4954 §4; a mechanism refused outright makes way for the next one.
  auth: {
    '235': ['idle', 'closed'],
    '334': ['auth'],
    '4yz': ['idle', 'closed'],
    '5yz': ['auth', 'idle', 'closed'],
    cancelled: ['idle', 'closed'],
    'not to be had': ['idle', 'closed'],
  },
  idle: {
    send: ['rset', 'mail'],
    command: ['command', 'hello', 'starttls', 'auth', 'mail', 'rcpt', 'data'],
    reset: ['rset'],
    quit: ['quit'],
  },
  // What was sent in the same group is answered even behind a refusal (RFC 2920 §3.1).
  rset: { '2yz': ['mail', 'idle'], '4yz': ['mail', 'idle'], '5yz': ['mail', 'idle'] },
  mail: { '2yz': ['rcpt', 'idle'], '4yz': ['rcpt', 'idle'], '5yz': ['rcpt', 'idle'] },
  // The last answer decides: content to whoever was accepted, or none.
  rcpt: {
    '2yz': ['rcpt', 'data', 'body', 'final', 'idle'],
    '4yz': ['rcpt', 'data', 'body', 'final', 'idle'],
    '5yz': ['rcpt', 'data', 'body', 'final', 'idle'],
  },
  // Only 354 starts a body; with nobody accepted the answer is a lone dot (RFC 2920 §3.1).
  data: { '354': ['body', 'final'], '4yz': ['idle'], '5yz': ['idle'] },
  // 2yz, 4yz and 5yz answer BDAT chunks; to DATA nothing may be said before its end but a refusal.
  body: {
    '2yz': ['body', 'final', 'idle'],
    '4yz': ['body', 'final', 'idle'],
    '5yz': ['body', 'final', 'idle'],
    end: ['final'],
    'refused early': ['closed'],
    'source failed': ['idle', 'closed'],
  },
  // LMTP answers once for each accepted recipient (RFC 2033 §4.2).
  final: { '2yz': ['final', 'idle'], '4yz': ['final', 'idle'], '5yz': ['final', 'idle'] },
  quit: { any: ['closed'] },
  // XCLIENT leads back to EHLO.
  command: { any: ['hello', 'idle', 'closed'] },
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
 * Says which row of the table a reply belongs to, undefined when it is unexpected (RFC 5321 §4.2.1: a code that is
 * not known counts by its first digit).
 */
export function triggerOf(phase: Phase, code: number): Trigger | undefined {
  const row = TRANSITIONS[phase];
  return ([String(code), `${Math.floor(code / 100)}yz`, 'any'] as Trigger[]).find(trigger => trigger in row);
}

/**
 * The only way from one state to another.
 *
 * @throws Error When the table has no such edge: a fault of the machine, not of its peer.
 */
export function move(from: State, trigger: Trigger, to: State): State {
  if (from === 'closed' || !TRANSITIONS[from][trigger]?.includes(to))
    throw new Error(`No transition from ${from} by ${trigger} to ${to}`);
  return to;
}
