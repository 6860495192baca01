import type { Socket as TcpSocket } from 'node:net';
import { hostname } from 'node:os';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connectFailure } from '../connect/failure.ts';
import { ConnectError } from '../error.ts';
import type { ConnectOptions, SocketAddress } from '../socket.ts';
import type { NodeSocketSource } from '../stream/node.ts';
import type { ReadBlocks } from '../stream/read-blocks.ts';

/** Octets that a connection reads at once into memory of its own: replies are short. */
const landingOctets = 4096;
/** Labels of letters, digits and inner hyphens, two at least (RFC 5321 §4.1.2). */
const fullName = /^(?!-|.*(?:-\.|\.-|-$))[a-z\d-]+(?:\.[a-z\d-]+)+$/i;

/**
 * How a socket to an address comes about on Node.
 *
 * @param blocks Memory that connections without TLS share to read into. Default: a little for each.
 */
export function nodeSource(
  address: SocketAddress,
  options: ConnectOptions,
  blocks?: ReadBlocks,
): NodeSocketSource {
  const plain = options.secureTransport === 'off' ? blocks : undefined;
  return {
    open: abandoned =>
      underEither(abandoned, options.signal, async signal => {
        const tcp = await dial(address, options, signal, plain);
        return options.secureTransport === 'on' ? secure(tcp, address, options, signal, 'tls') : tcp;
      }),
    secure: (tcp, signal) => secure(tcp, address, options, signal, 'starttls'),
    localName,
    ...(plain && { blocks: plain }),
  };
}

/** Works until one of two signals aborts. `AbortSignal.any` would leave its traces in both for as long as they live. */
async function underEither<T>(
  one: AbortSignal,
  other: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (other === undefined) return work(one);
  const either = new AbortController();
  const onAbort = () => either.abort(one.aborted ? one.reason : other.reason);
  one.addEventListener('abort', onAbort);
  other.addEventListener('abort', onAbort);
  if (one.aborted || other.aborted) onAbort();
  try {
    return await work(either.signal);
  } finally {
    one.removeEventListener('abort', onAbort);
    other.removeEventListener('abort', onAbort);
  }
}

async function dial(
  address: SocketAddress,
  options: ConnectOptions,
  signal: AbortSignal,
  blocks: ReadBlocks | undefined,
): Promise<TcpSocket> {
  // Loaded at the first connect, so that importing the package stays cheap.
  const { connect: connectTcp } = await import('node:net');
  // Reading into memory that is kept spares Node 64 KiB for each read; TLS reads for itself.
  const landing =
    options.secureTransport === 'off' ? (blocks?.landing ?? new Uint8Array(landingOctets)) : undefined;
  try {
    const tcp = connectTcp({
      host: bareHost(address.hostname),
      port: address.port,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      noDelay: true,
      allowHalfOpen: true,
      autoSelectFamily: true,
      ...(landing && { onread: { buffer: landing, callback: octets => land(octets) } }),
    });
    const land = (octets: number): boolean =>
      tcp.emit('data', blocks === undefined ? landing!.slice(0, octets) : blocks.lift(octets));
    // What is read like this waits for no listener.
    if (landing !== undefined) tcp.pause();
    await settled(tcp, 'connect', signal);
    return tcp;
  } catch (cause) {
    if (signal.aborted) throw new ConnectError('aborted', address, { cause: signal.reason });
    throw connectFailure(cause, address, 'connect');
  }
}

async function secure(
  tcp: TcpSocket,
  address: SocketAddress,
  { tls: options = {} }: ConnectOptions,
  signal: AbortSignal,
  step: 'tls' | 'starttls',
): Promise<TLSSocket> {
  const tls = await import('node:tls');
  const { isIP } = await import('node:net');
  const host = options.serverName ?? bareHost(address.hostname);
  const connectOptions: ConnectionOptions = {
    socket: tcp,
    host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: options.dangerouslyAllowInvalidCertificates !== true,
  };
  // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in HostName"
  if (isIP(host) === 0) connectOptions.servername = host;
  if (options.ca !== undefined) {
    connectOptions.ca = [...ownAuthorities(tls), ...[options.ca].flat()];
  }
  if (options.cert !== undefined) connectOptions.cert = options.cert;
  if (options.key !== undefined) connectOptions.key = options.key;
  try {
    const encrypted = tls.connect(connectOptions);
    await settled(encrypted, 'secureConnect', signal);
    return encrypted;
  } catch (cause) {
    tcp.destroy();
    if (signal.aborted) throw new ConnectError('aborted', address, { cause: signal.reason });
    throw connectFailure(cause, address, step);
  }
}

/** Certificates that the runtime trusts; none where it may not tell, so that what it would trust is refused. */
function ownAuthorities(tls: typeof import('node:tls')): readonly string[] {
  try {
    return tls.getCACertificates?.('default') ?? tls.rootCertificates;
  } catch {
    return [];
  }
}

/** Waits for the event that makes a socket usable; destroys the socket when it fails or is given up. */
function settled(socket: TcpSocket, ready: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      socket.off(ready, onReady).off('error', fail).off('close', onClose).off('end', onClose);
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onReady = () => settle(resolve);
    const fail = (error: unknown) =>
      settle(() => {
        // A socket that failed may fail again while it is torn down.
        socket.on('error', () => {});
        socket.destroy();
        reject(error);
      });
    const onClose = () => fail(new Error('The connection was closed'));
    const onAbort = () => fail(signal.reason);
    socket.once(ready, onReady).once('error', fail).once('close', onClose).once('end', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Full name of this machine, if it has one: a host name without a domain says nothing to a mail server (RFC 5321
 * §4.1.1.1 wants a full one).
 */
function localName(): string | undefined {
  try {
    const name = hostname();
    return fullName.test(name) ? name : undefined;
  } catch {
    // Deno gives a program the name only when told so; an address does as well.
    return undefined;
  }
}
