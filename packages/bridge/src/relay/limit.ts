import { heldMs } from './outcome.ts';
import { defaultWindow } from './protocol.ts';

/** Steps of opening a session with the mail server that may take `tlsMs` each: greeting, EHLO twice, TLS, AUTH. */
const openingSteps = 5;
/** Milliseconds in which a session that is over says goodbye, generously. */
const farewellMs = 60_000;

/** Every timer and limit of a relay; milliseconds and octets. */
export interface RelayLimits {
  /** From the WebSocket's opening to the `open` message. */
  readonly openMs: number;
  /** Name resolution and TCP connection to the mail server. */
  readonly connectMs: number;
  /** From there to a session that is ready: TLS, greeting, EHLO and AUTH, each. */
  readonly tlsMs: number;
  /** Without an octet in either direction. */
  readonly idleMs: number;
  /** The same while the mail server owes its final reply (RFC 5321 §4.5.3.2.6). */
  readonly finalMs: number;
  /** Life of a session. */
  readonly totalMs: number;
  /** Between pings; a peer silent for two of them is gone. */
  readonly pingMs: number;
  /** How long sessions may take to finish when the relay drains. */
  readonly drainMs: number;
  /** Least time between a request and its refusal. */
  readonly refusalMs: number;
  /** Octets a session may send. */
  readonly upBytes: number;
  /** Octets a session may receive, in submit mode: replies only. */
  readonly downBytes: number;
  /** Octets the relay is ready to hold for a session in each direction. */
  readonly window: number;
  /** Connections at a time of one token, whatever it says. */
  readonly tokenConnections: number;
  /** Connections of one address that have not shown a valid token yet. */
  readonly pendingConnections: number;
}

const defaultLimits: RelayLimits = {
  openMs: 5_000,
  connectMs: 10_000,
  tlsMs: 10_000,
  idleMs: 60_000,
  finalMs: 600_000,
  totalMs: 1_200_000,
  pingMs: 25_000,
  drainMs: 30_000,
  refusalMs: 250,
  upBytes: 36_700_160,
  downBytes: 1_048_576,
  window: defaultWindow,
  tokenConnections: 20,
  pendingConnections: 10,
};

/**
 * Completes the limits of a host.
 *
 * @throws {RangeError} A session could outlast what is remembered of it: a message could be taken twice.
 */
export function checkedLimits(limits: Partial<RelayLimits> = {}): RelayLimits {
  const checked = { ...defaultLimits, ...limits };
  const { connectMs, tlsMs, totalMs, finalMs } = checked;
  // A mail server's answer is waited for although the browser is gone.
  const longest = connectMs + openingSteps * tlsMs + totalMs + finalMs + farewellMs;
  if (longest <= heldMs) return checked;
  throw new RangeError(
    `Lower totalMs or finalMs: a session could last ${longest} milliseconds, and a relay remembers it for ${heldMs}`,
  );
}
