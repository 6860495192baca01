import type { SmtpEvent } from './event.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';

/** Number of a queued piece of work; 0 is the handshake. */
export type OpId = number;

/** What the session is waiting for, named after the command whose reply is outstanding (RFC 5321 §4.5.3.2). */
export type Phase =
  | 'greeting'
  | 'hello'
  | 'starttls'
  | 'tls'
  | 'auth'
  | 'idle'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'final'
  | 'rset'
  | 'quit'
  | 'command';

/** A deadline: restart the timer when, and only when, `id` changes; `ms` is a duration in milliseconds. */
export interface Wait {
  readonly id: number;
  readonly phase: Phase;
  readonly ms: number;
}

/** What the driver must do next. The machine decides, the driver obeys. */
export type Action =
  /** Hand these octets to the socket, in order, before anything else. */
  | { readonly type: 'write'; readonly data: Uint8Array }
  /** Upgrade the socket, then call `tlsStarted()` or `tlsFailed(reason)`. */
  | { readonly type: 'starttls' }
  /** Ask the mechanism (it may be asynchronous), then call `authRespond(bytes)` or `authAbort()`. */
  | { readonly type: 'auth'; readonly mechanism: SaslMechanism; readonly challenge: Uint8Array | null }
  /** Fetch the next piece of the message, then call `body(chunk)`, `body(null)` at its end, or `bodyAbort(reason)`. */
  | { readonly type: 'body'; readonly op: OpId; readonly max: number }
  /** Something happened; tell whoever listens. */
  | { readonly type: 'event'; readonly event: SmtpEvent }
  /** The machine needs octets: read, then call `receive()`; or `timeout()` when `wait.ms` have passed. */
  | { readonly type: 'read'; readonly wait: Wait }
  /** Nothing is in flight: enqueue work, or stop. */
  | { readonly type: 'idle'; readonly wait?: Wait }
  /** The session is over: close the socket. */
  | { readonly type: 'close' };
