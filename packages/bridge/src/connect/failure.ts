import { ConnectError, type ConnectErrorCode } from '../error.ts';
import type { Endpoint, SecureTransport } from '../socket.ts';

/** Error codes of Node and Bun (libuv, OpenSSL) that have a meaning of their own here. */
const codes: ReadonlyMap<string, ConnectErrorCode> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_NODATA', 'dns'],
  ['EAI_NONAME', 'dns'],
  ['ENODATA', 'dns'],
  ['ETIMEDOUT', 'timeout'],
  ['CERT_HAS_EXPIRED', 'tls-expired'],
  ['CERT_NOT_YET_VALID', 'tls-expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-hostname'],
  ['HOSTNAME_MISMATCH', 'tls-hostname'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls-untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls-untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-untrusted'],
  ['CERT_UNTRUSTED', 'tls-untrusted'],
  ['CERT_REVOKED', 'tls-untrusted'],
  ['CERT_REJECTED', 'tls-untrusted'],
  ['CERT_SIGNATURE_FAILURE', 'tls-untrusted'],
  ['INVALID_CA', 'tls-untrusted'],
  ['INVALID_PURPOSE', 'tls-untrusted'],
]);

/** Words of runtimes that give no code (rustls in Deno). */
const wordings: readonly (readonly [RegExp, ConnectErrorCode])[] = [
  [/Expired|NotValidYet/, 'tls-expired'],
  [/NotValidForName/, 'tls-hostname'],
  [/UnknownIssuer|invalid peer certificate/, 'tls-untrusted'],
  [/InvalidContentType|corrupt message/, 'wrong-tls-mode'],
  [/connection refused/i, 'refused'],
  [/failed to lookup address|no such host/i, 'dns'],
  [/timed out/i, 'timeout'],
];

/** OpenSSL met octets that are no TLS record, such as the greeting of a plaintext server. */
const noTlsRecord = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/;

/** What was being done when a runtime reported an error. */
export type Step = 'connect' | 'tls' | 'starttls';

/** Gives a runtime's error the code and the advice that it deserves. */
export function connectFailure(cause: unknown, endpoint: Endpoint, step: Step): ConnectError {
  if (cause instanceof ConnectError) return cause;
  const code = failureCode(cause, step);
  return new ConnectError(code, endpoint, { cause, advice: adviceFor(code, endpoint, 'on') });
}

function failureCode(cause: unknown, step: Step): ConnectErrorCode {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (typeof code === 'string') {
    const known = codes.get(code);
    if (known !== undefined) return known;
    if (noTlsRecord.test(code)) return step === 'tls' ? 'wrong-tls-mode' : 'tls-handshake';
  }
  const worded = wordings.find(([wording]) => wording.test(String(message)))?.[1];
  if (worded === 'wrong-tls-mode' && step !== 'tls') return 'tls-handshake';
  return worded ?? (step === 'connect' ? 'unknown' : 'tls-handshake');
}

/** What to change, for the failures whose remedy is known; `attempted` is the TLS mode that failed. */
export function adviceFor(
  code: ConnectErrorCode,
  { port, place }: Endpoint,
  attempted: SecureTransport,
): string | undefined {
  if (place !== undefined) {
    // A relay reaches the mail server as its own target says, whatever was asked for here.
    return code === 'wrong-tls-mode' ? "Ask its operator to set tls: 'implicit'" : undefined;
  }
  if (code === 'wrong-tls-mode') {
    return attempted === 'on'
      ? `${port} speaks plaintext first; set tls: 'starttls'`
      : `${port} expects implicit TLS; set tls: 'implicit'`;
  }
  if (port === 25 && ['refused', 'timeout', 'tls-or-refused', 'blocked-port'].includes(code)) {
    return 'Many networks block port 25; submit to 465 or 587';
  }
  return undefined;
}
