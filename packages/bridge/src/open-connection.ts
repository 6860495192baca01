import { type ClientOptions, SmtpClient } from '@posthaste/smtp-core';
import { connect as runtimeConnect } from '#connect';
import { abortable } from './abortable.ts';
import { addressLiteral } from './address-literal.ts';
import { adviceFor, connectFailure } from './connect/failure.ts';
import type { Connection } from './connection.ts';
import { type ConnectionOptions, checkConnectionOptions } from './connection-options.ts';
import { within } from './deadline.ts';
import { ConnectError } from './error.ts';
import { Opening } from './opening.ts';
import type { Connect, Endpoint, SecureTransport, Socket, SocketInfo } from './socket.ts';
import { checkedAddress } from './socket-address.ts';
import { TransactionNaming } from './transaction-naming.ts';

/** How long a TCP connection and an implicit TLS handshake may take, in milliseconds. */
const connectMs = 30_000;
/** Messages the machine may hold: the one under way, and one whose envelope rides behind its content. */
const messagesAhead = 2;

/**
 * Connects, upgrades to TLS, greets and signs in, as far as the options ask; with `manual: true` it stops after the
 * server's greeting.
 *
 * @throws {ConnectError} No connection, or no TLS; its `code` says why.
 * @throws {SmtpError} The server turned the session down; bad options are `invalid-argument`.
 * @throws {TypeError | RangeError} An option that is not known, an address that is none, a time that is none.
 *
 * @example Send a message that is ready
 * ```ts
 * const auth = [plain({ user: 'ann', pass: 'secret' })];
 * await using connection = await openConnection({ hostname: 'mail.example.org', auth });
 * await connection.sendRaw({ from: 'ann@example.org', to: ['bob@example.net'] }, octets);
 * ```
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  checkConnectionOptions(options);
  const port = options.port ?? (options.tls === 'implicit' ? 465 : 587);
  const tls = options.tls ?? (port === 465 ? 'implicit' : 'starttls');
  const address = checkedAddress({ hostname: options.hostname, port });
  // Bad options are refused before anything is opened.
  makeMachine(options, { tls, clientName: options.clientName ?? '[127.0.0.1]' });
  const { signal } = options;
  const connect: Connect = options.connect ?? runtimeConnect;
  const endpoint = connect.endpoint ?? address;
  if (signal?.aborted) throw new ConnectError('aborted', endpoint, { cause: signal.reason });
  const secureTransport = transportOf(tls);
  const open = (security: SecureTransport, until: AbortSignal | undefined): Socket =>
    connect(address, {
      secureTransport: security,
      ...(until && { signal: until }),
      ...(options.tlsOptions && { tls: options.tlsOptions }),
      ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
    });
  const socket = open(secureTransport, signal);
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
    // A relay would not pass the question on, and a connector of the user's may give the same socket again.
    connectWithTls: options.connect || connect.endpoint ? undefined : until => open('on', until),
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

const transportOf = (tls: ClientOptions['tls']): SecureTransport =>
  tls === 'implicit' ? 'on' : tls === 'none' ? 'off' : 'starttls';
