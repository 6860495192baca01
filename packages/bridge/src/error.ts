import type { Endpoint } from './socket.ts';
import type { TransactionOutcome } from './transaction.ts';

/** Why no usable connection came about. */
export type ConnectErrorCode =
  /** Nobody listens there, or a firewall said no. */
  | 'refused'
  /** The host name has no address. */
  | 'dns'
  | 'timeout'
  /** TLS failed for another reason than the certificate. */
  | 'tls-handshake'
  /** The certificate was signed by nobody this runtime trusts. */
  | 'tls-untrusted'
  /** The certificate is expired, or not valid yet. */
  | 'tls-expired'
  /** The certificate belongs to another host name. */
  | 'tls-hostname'
  /** TLS was spoken to a plaintext port, or plaintext to a TLS port. */
  | 'wrong-tls-mode'
  /** Either TLS failed or the connection was refused: this runtime does not tell which. */
  | 'tls-or-refused'
  /** This runtime or its network lets nobody connect to that port. */
  | 'blocked-port'
  /** This runtime cannot do what was asked. */
  | 'unsupported'
  /** The relay refused; `cause` is its `RelayError` where it gave a reason. */
  | 'relay'
  | 'aborted'
  | 'unknown';

/** What to do first, before the address that it is about. */
const firstSteps: Readonly<Record<ConnectErrorCode, readonly [string, string]>> = {
  refused: ['Check that a mail server listens there', 'refused the connection'],
  dns: ['Check the host name', 'has no address'],
  timeout: ['Check the address and the firewall', 'did not answer in time'],
  'tls-handshake': ['Check which TLS versions the server speaks', 'failed the TLS handshake'],
  'tls-untrusted': ['Give its authority in tlsOptions.ca if you trust it', 'showed an untrusted certificate'],
  'tls-expired': ['Ask the operator for a new certificate', 'showed a certificate outside its validity'],
  'tls-hostname': ['Use a name the certificate is made out to', 'showed a certificate for another host'],
  'wrong-tls-mode': ['Choose the other TLS mode', 'does not speak this TLS mode on this port'],
  'tls-or-refused': ['Check the port and the certificate', 'could not be reached, or TLS failed'],
  'blocked-port': ['Use a submission port such as 465 or 587', 'is blocked from here'],
  unsupported: [
    'Use another runtime or leave the option out',
    'cannot be reached the way that was asked for',
  ],
  relay: ['Check the relay', 'gave no connection'],
  aborted: ['Connect again if this was not wanted', 'was given up on request'],
  unknown: ['Look at the cause', 'could not be reached'],
};

/** A connection did not come about, so nothing was sent; `code` says why. */
export class ConnectError extends Error {
  override readonly name: string = 'ConnectError';
  readonly code: ConnectErrorCode;
  /** The word that an `SmtpError` uses for a failure of this sort. */
  readonly kind: 'tls' | 'timeout' | 'aborted' | 'unsupported' | 'io';
  readonly host: string;
  readonly port: number;
  /** What to change, or to look at first; the message begins with it. */
  readonly advice: string;

  constructor(
    code: ConnectErrorCode,
    endpoint: Endpoint,
    options: {
      readonly cause?: unknown;
      readonly advice?: string | undefined;
      /** What the message says about it. */
      readonly fact?: string | undefined;
    } = {},
  ) {
    const [first, usual] = firstSteps[code];
    const { fact = usual } = options;
    const { hostname, port, place = `${hostname}:${port}` } = endpoint;
    const where = JSON.stringify(place);
    const advice = options.advice ?? first;
    super(`${advice}: ${where} ${fact}`, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.kind = kindOf(code);
    this.host = hostname;
    this.port = port;
    this.advice = advice;
  }
}

function kindOf(code: ConnectErrorCode): ConnectError['kind'] {
  if (code === 'timeout' || code === 'aborted' || code === 'unsupported') return code;
  return code.startsWith('tls-') || code === 'wrong-tls-mode' ? 'tls' : 'io';
}

/** The relay knows a transaction of that name already, so this message was not sent; `outcome` says what became of it. */
export class KnownTransactionError extends Error {
  override readonly name: string = 'KnownTransactionError';
  readonly code = 'known-transaction';
  readonly outcome: TransactionOutcome;

  constructor(id: string, outcome: TransactionOutcome, options: { readonly cause?: unknown } = {}) {
    super(
      `Read the outcome before sending again: the relay knows transaction ${JSON.stringify(id)} as ${outcome.state}`,
      options,
    );
    this.outcome = outcome;
  }
}
