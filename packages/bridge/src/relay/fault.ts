/** Why a relay session ends, as the browser is told. Refusals of policy are one code on purpose: they are no oracle. */
export type RelayErrorCode =
  | 'E_PROTOCOL'
  | 'E_TOKEN'
  | 'E_POLICY'
  | 'E_TIMEOUT'
  | 'E_SIZE'
  | 'E_CREDIT'
  | 'E_QUOTA'
  | 'E_UPSTREAM'
  | 'E_DRAINING'
  | 'E_UPSTREAM_TLS'
  | 'E_TLS_INJECTION';

/** How far a relay session had come when it failed. */
export type RelayPhase = 'open' | 'connect' | 'tls' | 'auth' | 'session' | 'final';

/** Which quota is exhausted: connections or octets of the token, or connections of the address before they show one. */
export type QuotaDetail = 'quota-connections' | 'quota-octets' | 'quota-address';

/** What exactly was wrong, for the operator's log; the browser is told of quotas alone. */
export type RelayDetail =
  | QuotaDetail
  | 'token-malformed'
  | 'token-key'
  | 'token-signature'
  | 'token-audience'
  | 'token-time'
  | 'token-expired'
  | 'origin'
  | 'token-origin'
  | 'token-target'
  | 'target'
  | 'destination-address'
  | 'destination-name';

interface FaultRow {
  /** WebSocket close code, from the range for private use (RFC 6455 §7.4.2). */
  readonly close: number;
  /** The same attempt may succeed later. */
  readonly retryable: boolean;
  readonly message: string;
}

/** One row for each code; the messages name nothing that lies behind the relay. */
export const relayFaults: Readonly<Record<RelayErrorCode, FaultRow>> = {
  E_PROTOCOL: {
    close: 4400,
    retryable: false,
    message: 'Speak smtp-bridge.v1: the message was not understood',
  },
  E_TOKEN: { close: 4401, retryable: false, message: 'Fetch a new token: this one is not valid here' },
  E_POLICY: {
    close: 4403,
    retryable: false,
    message: 'Ask the operator of this relay: its policy refuses the request',
  },
  E_TIMEOUT: { close: 4408, retryable: true, message: 'Try again: the session took too long' },
  E_SIZE: { close: 4413, retryable: false, message: 'Send less: the session exceeded its size limit' },
  E_CREDIT: { close: 4413, retryable: false, message: 'Wait for credit: more octets were sent than granted' },
  E_QUOTA: { close: 4429, retryable: true, message: 'Wait or fetch a new token: a quota is exhausted' },
  E_UPSTREAM: { close: 4502, retryable: true, message: 'Try again later: the mail server cannot be reached' },
  E_DRAINING: { close: 4503, retryable: true, message: 'Connect again: this relay is going out of service' },
  E_UPSTREAM_TLS: {
    close: 4525,
    retryable: false,
    message: 'Ask the operator of this relay: TLS with the mail server failed',
  },
  E_TLS_INJECTION: {
    close: 4525,
    retryable: false,
    message: 'Do not continue: octets arrived between STARTTLS and the TLS handshake',
  },
};

const quotaMessages: Readonly<Record<QuotaDetail, string>> = {
  'quota-connections': 'Close a connection first: the token has all its conns',
  'quota-octets': 'Fetch a new token: its octets are used up',
  'quota-address': 'Wait: too many connections of this address',
};

/** Which quota a relay's message is about. */
export function quotaDetailOf(message: string): QuotaDetail | undefined {
  const details = Object.keys(quotaMessages) as QuotaDetail[];
  return details.find(detail => quotaMessages[detail] === message);
}

function messageOf(code: RelayErrorCode, detail: RelayDetail | undefined): string {
  const quotas: Readonly<Partial<Record<RelayDetail, string>>> = quotaMessages;
  return (detail && quotas[detail]) ?? relayFaults[code].message;
}

/**
 * A relay session failed; `code` says why, `phase` when. Its message is one of a fixed set and carries nothing secret.
 */
export class RelayError extends Error {
  override readonly name: string = 'RelayError';
  readonly code: RelayErrorCode;
  readonly phase: RelayPhase;
  /** The same attempt may succeed later. */
  readonly retryable: boolean;
  /** WebSocket close code that goes with `code`. */
  readonly closeCode: number;

  /** For the operator's log. Only which quota is exhausted is told to the browser, by the message. */
  readonly detail: RelayDetail | undefined;

  constructor(
    code: RelayErrorCode,
    phase: RelayPhase,
    options: { readonly cause?: unknown; readonly retryable?: boolean; readonly detail?: RelayDetail } = {},
  ) {
    const row = relayFaults[code];
    super(
      messageOf(code, options.detail),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.phase = phase;
    this.retryable = options.retryable ?? row.retryable;
    this.closeCode = row.close;
    this.detail = options.detail;
  }
}
