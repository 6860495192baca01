import { createServer, type Socket as TcpSocket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { type ServerOptions, SmtpServer } from '@posthaste/smtp-core';
import { within } from '../deadline.ts';
import { serve } from '../serve.ts';
import type { ServeHandler } from '../serve-handler.ts';
import { NodeSocket } from '../stream/node.ts';

/** How long a client may take for its TLS handshake, in milliseconds. */
const handshakeMs = 30_000;
/** How long `close()` waits for sessions to end by themselves, in milliseconds. */
const closeMs = 2000;

/** Where to listen, and what to say to whoever connects. */
export interface ListenOptions {
  /** Address to listen on; default `127.0.0.1`. */
  readonly hostname?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** `plain`: never TLS; `starttls`: offered (RFC 3207); `implicit`: from the first octet (RFC 8314 §3). */
  readonly mode?: 'plain' | 'starttls' | 'implicit';
  /** PEM certificate chain; needed but for `plain`. */
  readonly cert?: string;
  /** PEM private key of `cert`. */
  readonly key?: string;
  /** Options of the server machine, the same for every session or made for each; `mode` decides about TLS. */
  readonly server: ServerOptions | (() => ServerOptions);
  readonly handler: ServeHandler;
  /** Stops listening and ends every session. */
  readonly signal?: AbortSignal;
}

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
 * @throws {TypeError} TLS without a certificate and a key.
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
  const { mode = 'plain', hostname = '127.0.0.1' } = options;
  const tls = secureContext(options, mode);
  const ending = new AbortController();
  const sessions = new Set<Promise<void>>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, tcp => {
    const machine = new SmtpServer({
      ...(typeof options.server === 'function' ? options.server() : options.server),
      startTls: mode === 'starttls',
      secure: mode === 'implicit',
    });
    const socket = new NodeSocket(
      {
        open: async signal => (mode === 'implicit' ? handshake(tcp, tls!, signal) : tcp),
        secure: (raw, signal) => handshake(raw, tls!, signal),
      },
      mode === 'implicit' ? 'on' : mode === 'starttls' ? 'starttls' : 'off',
    );
    const session = serve(machine, socket, options.handler, { signal: ending.signal });
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

function secureContext({ cert, key }: ListenOptions, mode: ListenOptions['mode']): SecureContext | undefined {
  if (mode === 'plain') return undefined;
  if (cert === undefined || key === undefined) {
    throw new TypeError(`Give cert and key as PEM text: mode ${JSON.stringify(mode)} needs them`);
  }
  return createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
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
