import { defaultWindow } from './protocol.ts';

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

export const defaultLimits: RelayLimits = {
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
