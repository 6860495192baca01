import { createServer, type Socket as TcpSocket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { SmtpServer } from '@posthaste/smtp-core';
import { addressLiteral } from '../address-literal.ts';
import { within } from '../deadline.ts';
import { report } from '../handler-report.ts';
import { serve } from '../serve.ts';
import { NodeSocket } from '../stream/node.ts';
import { checkListenOptions, type ListenMode, type ListenOptions, makeServer } from './listen-options.ts';

export type { ListenOptions };

/** How long a client may take for its TLS handshake, in milliseconds. */
const handshakeMs = 30_000;
/** How long `close()` waits for sessions to end by themselves, in milliseconds. */
const closeMs = 2000;

/** A server that listens. */
export interface Listener {
  readonly hostname: string;
  readonly port: number;
  /** Stops listening, tells every client goodbye and closes; settles when all sessions are over. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Listens for SMTP clients on Node or Bun, one `SmtpServer` for each.
 *
 * @param options `server` as a function is called for each client; what it throws ends that session with 421, and is
 * told to `handler.onError`.
 * @throws {TypeError} A name that is not known, an unknown mode, or TLS without a certificate and a key.
 * @throws {SmtpError} `invalid-argument`: `server` cannot be obeyed.
 *
 * @example Print what arrives
 * ```ts
 * const listener = await listen({
 *   port: 2525,
 *   server: { serverName: 'inbox.test' },
 *   handler: { onMessage: ({ envelope, content }) => console.log(envelope.to, content.length) },
 * });
 * ```
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const mode = checkListenOptions(options);
  const { hostname = '127.0.0.1', handler } = options;
  const tls = secureContext(options, mode);
  const ending = new AbortController();
  const sessions = new Set<Promise<void>>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, tcp => {
    const machine = machineFor(tcp, options);
    const socket = new NodeSocket(
      {
        open: async signal => (mode === 'implicit' ? handshake(tcp, tls!, signal) : tcp),
        secure: (raw, signal) => handshake(raw, tls!, signal),
      },
      mode === 'implicit' ? 'on' : mode === 'starttls' ? 'starttls' : 'off',
    );
    const session = serve(machine, socket, handler, { signal: ending.signal });
    sessions.add(session);
    session.finally(() => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, hostname, resolve);
  });
  const close = async (): Promise<void> => {
    const stopped = new Promise<void>(resolve => server.close(() => resolve()));
    ending.abort();
    await within(Promise.all([stopped, ...sessions]), closeMs);
  };
  options.signal?.addEventListener('abort', () => close(), { once: true });
  const { port } = server.address() as { port: number };
  return { hostname, port, close, [Symbol.asyncDispose]: close };
}

/** The machine of one session, or one that says no more than 421 when there is none to be had. */
function machineFor(tcp: TcpSocket, options: ListenOptions): SmtpServer {
  try {
    return makeServer(options);
  } catch (error) {
    const { remoteAddress, localAddress } = tcp;
    const session = { secure: false, authenticated: false, ...(remoteAddress && { remoteAddress }) };
    report(options.handler, error, session);
    const machine = new SmtpServer({ serverName: addressLiteral(localAddress) });
    machine.shutdown();
    return machine;
  }
}

function secureContext({ cert, key }: ListenOptions, mode: ListenMode): SecureContext | undefined {
  return mode === 'plain'
    ? undefined
    : createSecureContext({ cert: cert!, key: key!, minVersion: 'TLSv1.2' });
}

/** The server's side of a TLS handshake. */
function handshake(tcp: TcpSocket, context: SecureContext, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = new TLSSocket(tcp, { isServer: true, secureContext: context });
    const timer = setTimeout(() => fail(new Error('The TLS handshake took too long')), handshakeMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      tls.off('secure', onSecure).off('error', fail).off('close', onClose);
    };
    const onSecure = () => {
      settle();
      resolve(tls);
    };
    const fail = (error: unknown) => {
      settle();
      tls.on('error', () => {}).destroy();
      tcp.destroy();
      reject(error);
    };
    const onClose = () => fail(new Error('The client closed the connection during the TLS handshake'));
    const onAbort = () => fail(signal.reason);
    tls.once('secure', onSecure).once('error', fail).once('close', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}
