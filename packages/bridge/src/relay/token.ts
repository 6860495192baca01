import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { RelayError } from './fault.ts';
import { maxOpenOctets } from './protocol.ts';
import { count, fits, isObject, listOf, matching, positive, type Shape, text } from './shape.ts';

/** Seconds a token may live at most: it is fetched just before it is used. */
const maxTokenSeconds = 300;
/** Octets a secret must have: as many as HMAC-SHA-256 makes (RFC 2104 §3). */
const minSecretOctets = 32;
/** `aud` of a token unless both sides agree on another. */
export const defaultAudience = 'smtp-bridge.v1';
/** Seconds by which the clock of the minting machine may be ahead. */
const clockSkewSeconds = 30;

/** What a token says, as it is signed. */
export interface RelayClaims {
  /** Which key signed it. */
  readonly kid: string;
  /** Seconds since 1970 from and until which it holds. */
  readonly iat: number;
  readonly exp: number;
  /** Its own name, for logs and budgets. */
  readonly jti: string;
  readonly aud: string;
  /** Page origins it may be used from. */
  readonly org: readonly string[];
  /** Target aliases it may open. */
  readonly tgt: readonly string[];
  /** Reverse-paths it may send as: addresses, or `@domain` for all of a domain. */
  readonly from: readonly string[];
  /** Recipients and content octets over its life, connections at a time. */
  readonly rcpt: number;
  readonly bytes: number;
  readonly conns: number;
  /** Whom the application gave it to. */
  readonly sub: string;
}

/** What a token shall allow. */
export interface RelayGrant {
  /** Whom it is for: the application's own name for the user. */
  readonly sub: string;
  /** Page origins, such as `https://app.example.com`. */
  readonly org: readonly string[];
  /** Aliases of the relay's targets. Default: `['default']`. */
  readonly tgt?: readonly string[];
  /** Addresses, or `@domain` for all of a domain. */
  readonly from: readonly string[];
  /** Recipients over its life. Default: 100, what every server takes for one message (RFC 5321 §4.5.3.1.8). */
  readonly rcpt?: number;
  /** Octets sent over its life. Default: 35 MiB, a message of 25 MiB in base64. */
  readonly bytes?: number;
  /** Connections at a time. Default: 2. */
  readonly conns?: number;
  /** Default: `smtp-bridge.v1`. */
  readonly aud?: string;
  /** Default: random. */
  readonly jti?: string;
  /** Seconds, at most 300. Default: 300. */
  readonly lifetime?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly now?: number;
}

/** A secret shared by the application's backend and the relay, at least 32 octets. */
export type RelaySecret = string | Uint8Array;

const name = matching(/^[\x21-\x7e]{1,255}$/);
const claimShape: Shape = {
  kid: name,
  iat: count,
  exp: count,
  jti: name,
  aud: text,
  org: listOf(text),
  tgt: listOf(text),
  from: listOf(text),
  rcpt: count,
  bytes: count,
  conns: positive,
  sub: name,
};

/**
 * Mints the token a page shows to the relay; call it in the application's backend, where the secret is.
 *
 * @param grant What the token allows, and for how many seconds.
 * @param key The key to sign with (HMAC-SHA-256) and the name the relay knows it by.
 * @throws {TypeError} A claim is malformed or the secret is shorter than 32 octets.
 *
 * @example A token for one page and one sender
 * ```ts
 * const token = await mintRelayToken(
 *   { sub: 'user-17', org: ['https://app.example.com'], from: ['ann@example.com'] },
 *   { kid: '2026-11', secret: process.env.RELAY_SECRET },
 * );
 * ```
 */
export async function mintRelayToken(
  grant: RelayGrant,
  key: { readonly kid: string; readonly secret: RelaySecret },
): Promise<string> {
  const { lifetime = maxTokenSeconds, now = Date.now(), ...rest } = grant;
  const iat = Math.floor(now / 1000);
  const claims: RelayClaims = {
    tgt: ['default'],
    rcpt: 100,
    bytes: 36_700_160,
    conns: 2,
    aud: defaultAudience,
    jti: encodeBase64url(crypto.getRandomValues(new Uint8Array(16))),
    ...rest,
    kid: key.kid,
    iat,
    exp: iat + lifetime,
  };
  if (!fits({ ...claims }, claimShape))
    throw new TypeError('Check the claims: one of them is missing or malformed');
  if (!(lifetime > 0 && lifetime <= maxTokenSeconds)) {
    throw new RangeError(`Use a lifetime of at most ${maxTokenSeconds} seconds: ${lifetime}`);
  }
  const signed = `v1.${encodeBase64url(new TextEncoder().encode(JSON.stringify(claims)))}`;
  const mac = await crypto.subtle.sign('HMAC', await hmacKey(key.secret, 'sign'), utf8(signed));
  return `${signed}.${encodeBase64url(new Uint8Array(mac))}`;
}

/**
 * Reads a token and holds it against the keys, the audience and the clock.
 *
 * @throws {RelayError} `E_TOKEN`, the same for every fault; `detail` tells the operator which.
 */
export async function verifyRelayToken(
  token: string,
  options: {
    readonly keys: Readonly<Record<string, RelaySecret>>;
    readonly audience?: string;
    /** Milliseconds since 1970. Default: now. */
    readonly now?: number;
  },
): Promise<RelayClaims> {
  const [version, payload, mac, ...more] = token.length <= maxOpenOctets ? token.split('.') : [];
  const signature = decodeBase64url(mac ?? '');
  const claims = readClaims(payload ?? '');
  if (version !== 'v1' || more.length > 0 || signature === undefined || claims === undefined) {
    throw refusal('token-malformed');
  }
  const secret = Object.hasOwn(options.keys, claims.kid) ? options.keys[claims.kid] : undefined;
  if (secret === undefined) throw refusal('token-key');
  const key = await hmacKey(secret, 'verify');
  // WebCrypto compares in constant time.
  if (!(await crypto.subtle.verify('HMAC', key, signature, utf8(`v1.${payload}`))))
    throw refusal('token-signature');
  const seconds = (options.now ?? Date.now()) / 1000;
  if (claims.aud !== (options.audience ?? defaultAudience)) throw refusal('token-audience');
  if (claims.exp - claims.iat > maxTokenSeconds || claims.iat > seconds + clockSkewSeconds)
    throw refusal('token-time');
  if (claims.exp <= seconds) throw refusal('token-expired');
  return claims;
}

/** @throws {TypeError} The secret is too short to sign with. */
export function checkSecret(secret: RelaySecret): void {
  if (octetsOf(secret).length < minSecretOctets) {
    throw new TypeError(`Use a relay secret of at least ${minSecretOctets} octets`);
  }
}

function readClaims(payload: string): RelayClaims | undefined {
  const bytes = decodeBase64url(payload);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return isObject(value) && fits(value, claimShape) ? (value as unknown as RelayClaims) : undefined;
  } catch {
    return undefined;
  }
}

function hmacKey(secret: RelaySecret, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  checkSecret(secret);
  return crypto.subtle.importKey('raw', octetsOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [usage]);
}

function octetsOf(secret: RelaySecret): Uint8Array<ArrayBuffer> {
  return typeof secret === 'string' ? utf8(secret) : new Uint8Array(secret);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}

function refusal(
  detail:
    | 'token-malformed'
    | 'token-key'
    | 'token-signature'
    | 'token-audience'
    | 'token-time'
    | 'token-expired',
): RelayError {
  return new RelayError('E_TOKEN', 'open', { detail });
}
