import type { ClientOptions } from '@posthaste/smtp-core';
import type { PhaseTimeouts } from './drive.ts';
import { checkNames, type KnownNames, refusedTime, timeoutNames, tlsNames } from './option-name.ts';
import type { Connect, TlsOptions } from './socket.ts';
import type { TranscriptLine } from './transcript.ts';

/**
 * Deadlines in milliseconds, `Infinity` for none; those left out are RFC 5321 §4.5.3.2's. When `greeting` has passed in
 * the clear, the port is asked for as long again, 5 s at most, whether it waits for TLS.
 */
export interface Timeouts extends PhaseTimeouts {
  /** Until the socket is open, implicit TLS included; default 30 s. */
  readonly connect?: number;
}

type MachineOptions = Omit<ClientOptions, 'clientName' | 'tls' | 'lmtp'>;

/** Where and how to open an SMTP session. */
export interface ConnectionOptions extends MachineOptions {
  readonly hostname: string;
  /** Default: 465 with `tls: 'implicit'`, else 587. */
  readonly port?: number;
  /** Default: `implicit` on port 465, else `starttls`, which refuses to go on unencrypted (RFC 8314 §3.3). */
  readonly tls?: ClientOptions['tls'];
  /** What to call this machine in EHLO; default: its full name where the runtime knows it, else its address. */
  readonly clientName?: string;
  /** `lmtp` for a delivery agent (RFC 2033); default `smtp`. */
  readonly protocol?: 'smtp' | 'lmtp';
  /** Default: the runtime's own. */
  readonly connect?: Connect;
  /** Certificates, on runtimes that let a program choose them. */
  readonly tlsOptions?: TlsOptions;
  /** Local address to connect from (Node, Deno, Bun). */
  readonly localAddress?: string;
  readonly timeouts?: Timeouts;
  /** Gives the opening up; an open connection is closed with `close()`. */
  readonly signal?: AbortSignal;
  /** Hears each line of the session, secrets masked. If it throws, the session ends with that as `aborted`. */
  readonly onTranscript?: (line: TranscriptLine) => void;
}

const names: KnownNames<ConnectionOptions> = {
  hostname: true,
  port: true,
  tls: true,
  clientName: true,
  protocol: true,
  connect: true,
  tlsOptions: true,
  localAddress: true,
  timeouts: true,
  signal: true,
  onTranscript: true,
  auth: true,
  allowInsecureAuth: true,
  heloOnly: true,
  pipelining: true,
  pipelineData: true,
  maxInFlight: true,
  partial: true,
  transfer: true,
  pipelineWindow: true,
  manual: true,
  proxy: true,
  xclient: true,
  maxReplyLine: true,
  maxReplyBytes: true,
};

/**
 * Refuses options that nobody would obey.
 *
 * @throws {TypeError} A name that is not known.
 * @throws {RangeError} A time that is none.
 */
export function checkConnectionOptions(options: ConnectionOptions): void {
  checkNames('the options of a connection', options, names);
  const { tlsOptions, timeouts } = options;
  if (tlsOptions !== undefined) checkNames('tlsOptions', tlsOptions, tlsNames);
  if (timeouts === undefined) return;
  checkNames('timeouts', timeouts, timeoutNames);
  const refusal = refusedTime(timeouts);
  if (refusal !== undefined) throw new RangeError(refusal);
}
