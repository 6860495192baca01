import { type ClientOptions, SmtpClient } from '@posthaste/smtp-core';
import { connect as runtimeConnect } from '#connect';
import { abortable } from './abortable.ts';
import { addressLiteral } from './address-literal.ts';
import { adviceFor, connectFailure } from './connect/failure.ts';
import type { Connection } from './connection.ts';
import { within } from './deadline.ts';
import type { PhaseTimeouts } from './drive.ts';
import { ConnectError } from './error.ts';
import { Opening } from './opening.ts';
import type {
  Connect,
  Endpoint,
  SecureTransport,
  Socket,
  SocketAddress,
  SocketInfo,
  TlsOptions,
} from './socket.ts';
import { TransactionNaming } from './transaction-naming.ts';
import type { TranscriptLine } from './transcript.ts';

/** How long a TCP connection and an implicit TLS handshake may take, in milliseconds. */
const connectMs = 30_000;
/** Messages the machine may hold: the one under way, and one whose envelope rides behind its content. */
const messagesAhead = 2;

/** Deadlines in milliseconds; those left out are RFC 5321 §4.5.3.2's. */
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

/**
 * Connects, upgrades to TLS, greets and signs in, as far as the options ask; with `manual: true` it stops after the
 * server's greeting.
 *
 * @throws {ConnectError} No connection, or no TLS; its `code` says why.
 * @throws {SmtpError} The server turned the session down; bad options are `invalid-argument`.
 *
 * @example Send a message that is ready
 * ```ts
 * await using connection = await openConnection({ hostname: 'mail.example.org', auth: [plain('ann', 'secret')] });
 * await connection.sendRaw({ from: 'ann@example.org', to: ['bob@example.net'] }, octets);
 * ```
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const port = options.port ?? (options.tls === 'implicit' ? 465 : 587);
  const tls = options.tls ?? (port === 465 ? 'implicit' : 'starttls');
  const address = checkedAddress(options.hostname, port);
  // Bad options are refused before anything is opened.
  makeMachine(options, { tls, clientName: options.clientName ?? '[127.0.0.1]' });
  const { signal } = options;
  const connect: Connect = options.connect ?? runtimeConnect;
  const endpoint = connect.endpoint ?? address;
  if (signal?.aborted) throw new ConnectError('aborted', endpoint, { cause: signal.reason });
  const secureTransport = transportOf(tls);
  const socket = connect(address, {
    secureTransport,
    ...(signal && { signal }),
    ...(options.tlsOptions && { tls: options.tlsOptions }),
    ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
  });
  const info = await opened(socket, endpoint, secureTransport, options);
  const submitting = info.relay === 'submit';
  if (submitting && options.auth !== undefined) {
    socket.close().catch(() => {});
    throw new ConnectError('unsupported', endpoint, {
      advice: 'Leave auth out: this relay signs in by itself',
    });
  }
  const machine = makeMachine(options, {
    // A relay decides about TLS by its target, so what it opened may be safer than what was asked for.
    tls: socket.secureTransport === 'on' ? 'implicit' : submitting ? 'none' : tls,
    clientName: options.clientName ?? info.localName ?? addressLiteral(info.localAddress),
  });
  return new Opening(machine, socket, {
    endpoint,
    secureTransport: socket.secureTransport,
    connect,
    timeouts: options.timeouts ?? {},
    greeted: options.manual !== true,
    naming: new TransactionNaming(socket.nameTransaction),
    ahead: Math.max(messagesAhead, (options.pipelineWindow?.transactions ?? 0) + 1),
    signal,
    onTranscript: options.onTranscript,
  }).ready();
}

/** Waits until the socket is open, and says why when it does not open. */
async function opened(
  socket: Socket,
  endpoint: Endpoint,
  secureTransport: SecureTransport,
  { signal, timeouts }: ConnectionOptions,
): Promise<SocketInfo> {
  const fail = (error: ConnectError): never => {
    socket.close().catch(() => {});
    throw error;
  };
  try {
    const info = await within(abortable(socket.opened, signal), timeouts?.connect ?? connectMs);
    if (info !== undefined) return info;
  } catch (cause) {
    if (signal?.aborted) return fail(new ConnectError('aborted', endpoint, { cause: signal.reason }));
    return fail(connectFailure(cause, endpoint, secureTransport === 'on' ? 'tls' : 'connect'));
  }
  return fail(
    new ConnectError('timeout', endpoint, { advice: adviceFor('timeout', endpoint, secureTransport) }),
  );
}

function makeMachine(
  options: ConnectionOptions,
  { tls, clientName }: Pick<ClientOptions, 'tls' | 'clientName'>,
): SmtpClient {
  return new SmtpClient({
    ...options,
    tls,
    clientName,
    lmtp: options.protocol === 'lmtp',
  });
}

const hostName = /^[^\0-\x20\x7f/@?#\\:[\]]{1,255}$/;
const ipv6Address = /^\[?[0-9a-f]*:[0-9a-f:.]+(%[\w.-]+)?\]?$/i;

/** @throws {RangeError | TypeError} It is no address that could be connected to. */
function checkedAddress(hostname: string, port: number): SocketAddress {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`Give a port from 1 to 65535, not ${port}`);
  }
  if (typeof hostname !== 'string' || !(hostName.test(hostname) || ipv6Address.test(hostname))) {
    throw new TypeError(`Give the host name alone, not ${JSON.stringify(hostname)}`);
  }
  return { hostname, port };
}

const transportOf = (tls: ClientOptions['tls']): SecureTransport =>
  tls === 'implicit' ? 'on' : tls === 'none' ? 'off' : 'starttls';
