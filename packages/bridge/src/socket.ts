import type { TransactionOutcome } from './transaction.ts';

/** Where to connect. */
export interface SocketAddress {
  readonly hostname: string;
  readonly port: number;
}

/** `on`: TLS from the first octet; `starttls`: in the clear, upgraded later by `startTls()`; `off`: never. */
export type SecureTransport = 'on' | 'off' | 'starttls';

/** Certificates and names for TLS, on runtimes that let a program choose them (Node, Deno, Bun). */
export interface TlsOptions {
  /** PEM certificates to trust in addition to the runtime's own; instead of them on Deno without `--allow-sys`. */
  readonly ca?: string | readonly string[];
  /** PEM certificate chain to present. */
  readonly cert?: string;
  /** PEM private key of `cert`. */
  readonly key?: string;
  /** Name to verify and to send as SNI; default: the host name connected to. */
  readonly serverName?: string;
  /** Accepts any certificate. For tests on a machine of your own, never for mail. */
  readonly dangerouslyAllowInvalidCertificates?: boolean;
}

/** What TLS agreed on, where the runtime tells. */
export interface TlsInfo {
  readonly protocol?: string;
  readonly cipher?: string;
  readonly fingerprint256?: string;
}

/** What is known once a socket is open. */
export interface SocketInfo {
  readonly remoteAddress?: string;
  readonly localAddress?: string;
  /** Fully qualified name of this machine, where the runtime knows it and may tell. */
  readonly localName?: string | undefined;
  readonly tls?: TlsInfo;
  /** `submit`: a relay answers in the mail server's place, and has itself encrypted and authenticated upstream. */
  readonly relay?: 'submit' | 'bytes';
}

/** The WinterTC Sockets API shape: what `cloudflare:sockets` returns, and what every connector here presents. */
export interface Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<SocketInfo>;
  readonly closed: Promise<void>;
  readonly upgraded: boolean;
  readonly secureTransport: SecureTransport;
  /** Upgrades to TLS; release both stream locks first. The socket it was called on is spent. */
  startTls(): Socket;
  close(): Promise<void>;
  /** Names the transaction that the next MAIL begins, and tells what is known of that name: relays in submit mode. */
  nameTransaction?(id: string): Promise<TransactionOutcome>;
}

export interface ConnectOptions {
  readonly secureTransport: SecureTransport;
  readonly signal?: AbortSignal;
  readonly tls?: TlsOptions;
  /** Local address to connect from (Node, Deno, Bun). */
  readonly localAddress?: string;
}

/** Whom a connection speaks to, as errors name it. */
export interface Endpoint extends SocketAddress {
  /** What errors call it, such as the URL of a relay; default: host and port. */
  readonly place?: string;
}

/** Opens a socket. A custom transport is a custom `connect`. */
export interface Connect {
  (address: SocketAddress, options: ConnectOptions): Socket;
  /** Whom it speaks to whatever address it is given, such as a relay; default: that address. */
  readonly endpoint?: Endpoint;
}
