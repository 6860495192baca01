import { type ServerOptions, SmtpServer } from '@posthaste/smtp-core';
import { checkNames, type KnownNames } from '../option-name.ts';
import type { ServeHandler } from '../serve-handler.ts';
import { checkHandler } from './handler-name.ts';

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

/** When the octets of a session are encrypted. */
export type ListenMode = NonNullable<ListenOptions['mode']>;

const names: KnownNames<ListenOptions> = {
  hostname: true,
  port: true,
  mode: true,
  cert: true,
  key: true,
  server: true,
  handler: true,
  signal: true,
};
const serverNames: KnownNames<ServerOptions> = {
  serverName: true,
  greeting: true,
  noService: true,
  extensions: true,
  maxMessageOctets: true,
  startTls: true,
  secure: true,
  auth: true,
  allowInsecureAuth: true,
  requireAuth: true,
  requireTls: true,
  lmtp: true,
  maxCommandOctets: true,
  maxRecipients: true,
  maxErrors: true,
  timeouts: true,
};

/**
 * Refuses what would go wrong only once a client connects, or not at all.
 *
 * @throws {TypeError} A name that is not known, an unknown mode, or TLS without a certificate and a key.
 * @throws {SmtpError} `invalid-argument` of the server machine.
 */
export function checkListenOptions(options: ListenOptions): ListenMode {
  checkNames('the options of listen', options, names);
  const { mode, server, handler } = options;
  const [cert, key] = [options.cert ?? undefined, options.key ?? undefined];
  if (mode !== undefined && !['plain', 'starttls', 'implicit'].includes(mode)) {
    throw new TypeError(`Set mode to 'plain', 'starttls' or 'implicit', not ${JSON.stringify(mode)}`);
  }
  if (mode === undefined && (cert ?? key) !== undefined) {
    throw new TypeError("Set mode to 'starttls' or 'implicit', or leave cert and key out: they serve no TLS");
  }
  if (mode !== undefined && mode !== 'plain' && (cert === undefined || key === undefined)) {
    throw new TypeError(`Give cert and key as PEM text: mode ${JSON.stringify(mode)} needs them`);
  }
  checkHandler(handler);
  if (typeof server !== 'function') makeServer(options);
  return mode ?? 'plain';
}

/**
 * Makes the machine of one session.
 *
 * @throws {TypeError} The options have a name that is not known.
 * @throws {SmtpError} `invalid-argument`: a value that could not be written or obeyed.
 */
export function makeServer({ server, mode }: ListenOptions): SmtpServer {
  const options = typeof server === 'function' ? server() : server;
  checkNames('server', options, serverNames);
  return new SmtpServer({ ...options, startTls: mode === 'starttls', secure: mode === 'implicit' });
}
