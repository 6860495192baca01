import type { Connect, ConnectionOptions, TlsOptions } from '@posthaste/bridge';
import type { ComposeOptions } from '@posthaste/mime';
import type { Auth } from './auth.ts';
import type { DkimSigners } from './dkim-signer.ts';
import type { RetryOptions } from './retry.ts';
import type { RateOptions } from './token-bucket.ts';

/**
 * How the connection is protected.
 *
 * - `'implicit'`: TLS from the first octet (RFC 8314 §3.3); the default on port 465.
 * - `'starttls'`: begins in the clear and must be upgraded, or nothing is sent (RFC 3207); the default elsewhere.
 * - `'opportunistic'`: upgraded where the server offers it; anyone on the path can prevent that.
 * - `'none'`: never.
 */
export type TlsMode = 'implicit' | 'starttls' | 'opportunistic' | 'none';

/** A WebSocket relay, for pages in a browser, which cannot open sockets themselves. */
export interface RelayOptions {
  /** Address of the relay: `wss://…`; `ws://…` on this machine, or with `allowInsecureAuth`. */
  readonly url: string | URL;
  /** The token your own server minted for this page, or a function that fetches one. */
  readonly token: string | ((signal: AbortSignal) => Promise<string>);
  /** Alias of the mail server at the relay; default `'default'`. */
  readonly target?: string | undefined;
}

/** A mail server that is connected to by name. */
export interface ServerOptions extends SessionOptions {
  /** Name or address of the mail server, as its certificate has it. */
  readonly hostname?: string | undefined;
  /** Default: 465 with `tls: 'implicit'`, else 587. */
  readonly port?: number | undefined;
  readonly relay?: undefined;
}

/** A mail server that is reached through a relay, which knows its name. */
export interface RelayedOptions extends SessionOptions {
  /** The way out of a browser. */
  readonly relay?: RelayOptions | undefined;
  readonly hostname?: undefined;
  readonly port?: undefined;
}

/** Everything `createMailer` takes. A mail server is named by `hostname`, or reached through `relay`. */
export type MailerOptions = ServerOptions | RelayedOptions;

/** How sessions with a mail server go, wherever it is. */
export interface SessionOptions {
  /** Default: `'implicit'` on port 465, else `'starttls'`. */
  readonly tls?: TlsMode | undefined;
  /** Certificates and names, on Node, Deno and Bun; elsewhere the runtime decides and this is refused. */
  readonly tlsOptions?: TlsOptions | undefined;
  /** Who you are to the server: `{ user, pass }`, `{ user, accessToken }`, or `{ mechanisms }`. */
  readonly auth?: Auth | undefined;
  /** Lets a password cross the wire unencrypted; default false. For servers on this machine. */
  readonly allowInsecureAuth?: boolean | undefined;
  /** What to call this machine in EHLO; default: its full name where the runtime knows it, else `[127.0.0.1]`. */
  readonly clientName?: string | undefined;
  /** `'lmtp'` for a delivery agent (RFC 2033); default `'smtp'`. */
  readonly protocol?: 'smtp' | 'lmtp' | undefined;
  /** Local address to connect from (Node, Deno, Bun). */
  readonly localAddress?: string | undefined;
  /** A transport of your own: anything that presents a WinterTC socket. */
  readonly connect?: Connect | undefined;
  /** Deadlines in milliseconds; `Infinity` for none. */
  readonly timeouts?: NonNullable<ConnectionOptions['timeouts']> | undefined;
  /** `'bdat'` sends content with CHUNKING where the server offers it (RFC 3030); default `'data'`. */
  readonly transfer?: 'data' | 'bdat' | undefined;
  /** Connections open at a time; default 1. */
  readonly connections?: number | undefined;
  /** Messages after which a connection is replaced by a new one; default 100. */
  readonly messagesPerConnection?: number | undefined;
  /**
   * Milliseconds to keep an unused connection; default 0: QUIT as soon as there is nothing to send.
   *
   * A kept connection keeps a Node program alive as long: a script ends with `await mailer.close()` or `await using`.
   */
  readonly idleMs?: number | undefined;
  /** At most so many messages in so many milliseconds, over all connections together; default: no limit. */
  readonly rate?: RateOptions | undefined;
  /** What to try again, and how often; `false` for never. */
  readonly retry?: RetryOptions | false | undefined;
  /** Called with each line of the dialogue, secrets masked. If it throws, its session ends; see `callback`. */
  readonly onTranscript?: NonNullable<ConnectionOptions['onTranscript']> | undefined;
  /** How messages are composed: the time zone of their dates, and limits. */
  readonly compose?: ComposeOptions | undefined;
  /**
   * Signs messages and part trees (RFC 6376); ready-made octets go as they are.
   *
   * A stream that can be read only once is kept in memory for it.
   */
  readonly dkim?: DkimSigners | undefined;
}
