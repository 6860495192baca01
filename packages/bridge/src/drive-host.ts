import type { OpId, SmtpEvent } from '@posthaste/smtp-core';
import type { TlsInfo } from './socket.ts';

/** Whom a drive tells what happened, and asks for content. */
export interface DriveHost {
  onEvent(event: SmtpEvent): void;
  /** Why an op was given up by whoever asked for it. */
  aborted(op: OpId): { readonly reason: unknown } | undefined;
  /** Whoever asked for the sign-in that is under way gave it up: no more secrets leave for it. */
  readonly signInAborted: boolean;
  /** The next octets of an op's content, `null` at its end; a failure aborts the op. */
  content(op: OpId, max: number): Uint8Array | null | Promise<Uint8Array | null>;
  /** The first octets of the server, before the machine sees them. */
  onFirstOctets(octets: Uint8Array): void;
  onSecure(info: TlsInfo | undefined): void;
  /** Something outside the machine failed: the socket, the TLS handshake, a SASL mechanism. */
  onFailure(step: 'socket' | 'tls' | 'auth', error: unknown): void;
  /** The session is over. */
  onEnd(): void;
}
