import { isTransactionId } from '../transaction.ts';
import { RelayError, type RelayErrorCode, type RelayPhase, relayFaults } from './fault.ts';
import {
  between,
  count,
  fits,
  flag,
  isObject,
  nullable,
  object,
  oneOf,
  optional,
  positive,
  type Shape,
  text,
} from './shape.ts';

/** WebSocket subprotocol both sides must agree on. */
export const relaySubprotocol = 'smtp-bridge.v1';
/** Octets of one JSON control message, UTF-8. */
export const maxControlOctets = 4096;
/** Octets of the first control message, which carries the token. */
export const maxOpenOctets = 8192;
/** Octets of one binary message. */
export const maxBinaryOctets = 65_536;
/** Receive window in octets when nobody asks for another. */
export const defaultWindow = 262_144;
/** Smallest and largest receive window in octets: one full binary message, and what a relay may be made to hold. */
const minWindow = 65_536;
const maxWindow = 1_048_576;
/** WebSocket close code of a session that ended in good order (RFC 6455 §7.4.1). */
export const closeNormal = 1000;

/** `submit`: the relay speaks SMTP on both sides. `bytes`: it passes octets through. */
export type RelayMode = 'submit' | 'bytes';

/** What TLS agreed on between the relay and the mail server. */
export interface RelaySecure {
  readonly proto: string;
  readonly cipher: string;
}

/** What a session may use: octets sent by the browser, and milliseconds. */
interface SessionLimits {
  readonly bytes: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** What became of a named transaction; `new` is an id not seen in the last ten minutes. */
export type OutcomeState = 'new' | 'pending' | 'accepted' | 'rejected' | 'unknown';

type EitherControl =
  /** `n` more octets may be sent: the receiver has consumed as many. */
  | { readonly t: 'credit'; readonly n: number }
  /** No more binary messages follow from this side. */
  | { readonly t: 'end' }
  | { readonly t: 'ping'; readonly n: number }
  | { readonly t: 'pong'; readonly n: number };

/** A control message from the browser. */
export type ClientControl =
  | EitherControl
  /** Must come first; `window` is how many octets the browser is ready to receive. */
  | {
      readonly t: 'open';
      readonly v: 1;
      readonly token: string;
      readonly target: string;
      readonly window: number;
    }
  | { readonly t: 'starttls' }
  /** Names the transaction that the next MAIL begins: 32 lower-case hexadecimal digits. */
  | { readonly t: 'txn'; readonly id: string };

/** A control message from the relay. */
export type RelayControl =
  | EitherControl
  | {
      readonly t: 'opened';
      readonly mode: RelayMode;
      readonly window: number;
      readonly limits: SessionLimits;
      readonly secure: RelaySecure | null;
    }
  | { readonly t: 'secure'; readonly proto: string; readonly cipher: string; readonly fingerprint256: string }
  | {
      readonly t: 'error';
      readonly code: RelayErrorCode;
      readonly phase: RelayPhase;
      readonly retryable: boolean;
      readonly message: string;
    }
  | { readonly t: 'outcome'; readonly id: string; readonly state: OutcomeState; readonly reply?: string };

const window = between(minWindow, maxWindow);

const either: Readonly<Record<string, Shape>> = {
  credit: { n: positive },
  end: {},
  ping: { n: count },
  pong: { n: count },
};

const shapes: Readonly<Record<'client' | 'relay', Readonly<Record<string, Shape>>>> = {
  client: {
    ...either,
    open: { v: oneOf(1), token: text, target: text, window },
    starttls: {},
    txn: { id: isTransactionId },
  },
  relay: {
    ...either,
    opened: {
      mode: oneOf('submit', 'bytes'),
      window,
      limits: object({ bytes: count, idleMs: count, totalMs: count }),
      secure: nullable(object({ proto: text, cipher: text })),
    },
    secure: { proto: text, cipher: text, fingerprint256: text },
    error: {
      code: oneOf(...Object.keys(relayFaults)),
      phase: oneOf('open', 'connect', 'tls', 'auth', 'session', 'final'),
      retryable: flag,
      message: text,
    },
    outcome: {
      id: isTransactionId,
      state: oneOf('new', 'pending', 'accepted', 'rejected', 'unknown'),
      reply: optional(text),
    },
  },
};

/** Writes a control message as the JSON text of one WebSocket text message. */
export function encodeControl(control: ClientControl | RelayControl): string {
  return JSON.stringify(control);
}

/**
 * Reads one WebSocket text message that `sender` sent. Exactly the keys of its type must be there.
 *
 * @throws {RelayError} `E_PROTOCOL`: too long, not JSON, or an unknown type, key or value.
 */
export function parseControl(message: string, sender: 'client'): ClientControl;
export function parseControl(message: string, sender: 'relay'): RelayControl;
export function parseControl(message: string, sender: 'client' | 'relay'): ClientControl | RelayControl {
  const control = parseObject(message);
  const { t, ...fields } = control;
  const known = shapes[sender];
  const shape = typeof t === 'string' && Object.hasOwn(known, t) ? known[t] : undefined;
  if (shape === undefined || !fits(fields, shape)) throw new RelayError('E_PROTOCOL', 'session');
  if (t !== 'open' && exceeds(message, maxControlOctets)) throw new RelayError('E_PROTOCOL', 'session');
  return control as ClientControl | RelayControl;
}

function parseObject(message: string): Record<string, unknown> {
  if (exceeds(message, maxOpenOctets)) throw new RelayError('E_PROTOCOL', 'session');
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    // The cause is left out: a JSON error quotes its input, and this input may be a token.
    throw new RelayError('E_PROTOCOL', 'session');
  }
  if (!isObject(value)) throw new RelayError('E_PROTOCOL', 'session');
  return value;
}

/** Whether a text has more octets than this; most are so short that nothing need be counted. */
function exceeds(text: string, octets: number): boolean {
  return text.length > octets || (text.length * 3 > octets && new TextEncoder().encode(text).length > octets);
}
