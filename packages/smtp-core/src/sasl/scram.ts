import { decodeBase64, encodeBase64 } from '../base64.ts';
import type { SaslMechanism } from './mechanism.ts';
import { saslprep } from './saslprep.ts';

/** What SCRAM needs. */
export interface ScramCredentials {
  readonly user: string;
  readonly pass: string;
  /** Act as somebody else. */
  readonly authzid?: string;
  /** Printable ASCII without comma; 18 random octets as base64 when left out. */
  readonly nonce?: string;
  /**
   * Binding to the TLS channel (RFC 5929, RFC 9266) makes this the `-PLUS` mechanism; `'not-offered'` says that we
   * have binding data and the server offers no `-PLUS`, so that a downgrade is noticed.
   */
  readonly channelBinding?: { readonly type: string; readonly data: Uint8Array } | 'not-offered';
}

/** RFC 5802 §5.1 asks servers for at least 4096; less makes a stolen exchange cheap to guess from. */
const MIN_ITERATIONS = 4096;
/** A hostile server must not keep us busy for minutes; servers in the field use up to some 100 000. */
const MAX_ITERATIONS = 10_000_000;

/**
 * SCRAM-SHA-1: neither side learns the password, and the server must prove that it knows it (RFC 5802).
 *
 * @param credentials User and password, prepared with SASLprep.
 * @throws TypeError At text that SASLprep prohibits, or a malformed nonce.
 *
 * @example Log in and know the server
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [scramSha1({ user: 'u', pass: 'p' })] });
 * ```
 */
export function scramSha1(credentials: ScramCredentials): SaslMechanism {
  return scram('SHA-1', 160, credentials);
}

/**
 * SCRAM-SHA-256: neither side learns the password, and the server must prove that it knows it (RFC 7677).
 *
 * @param credentials User and password, prepared with SASLprep.
 * @throws TypeError At text that SASLprep prohibits, or a malformed nonce.
 *
 * @example Log in and know the server
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [scramSha256({ user: 'u', pass: 'p' })] });
 * ```
 */
export function scramSha256(credentials: ScramCredentials): SaslMechanism {
  return scram('SHA-256', 256, credentials);
}

function scram(hash: string, bits: number, credentials: ScramCredentials): SaslMechanism {
  const { channelBinding, authzid } = credentials;
  const bound = typeof channelBinding === 'object';
  const password = utf8(saslprep(credentials.pass));
  if (!/^[!-+\--~]+$/.test(credentials.nonce ?? '-'))
    throw new TypeError('Give a nonce of printable ASCII without comma');
  const flag = bound ? `p=${channelBinding.type}` : channelBinding === 'not-offered' ? 'y' : 'n';
  const header = `${flag},${authzid === undefined ? '' : `a=${saslName(authzid)}`},`;
  const user = saslName(saslprep(credentials.user));
  let nonce = '';
  let signature: Uint8Array | undefined;
  let verified = false;
  let detail: string | undefined;

  const hmac = async (key: BufferSource, message: string): Promise<Uint8Array> => {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8(message)));
  };

  const prove = async (serverFirst: string): Promise<Uint8Array> => {
    const [, combined = '', salt64 = '', count = ''] =
      /^r=([!-+\--~]+),s=([^,]+),i=([1-9]\d*)(?:,|$)/.exec(serverFirst) ?? [];
    const salt = decodeBase64(salt64);
    const iterations = Number(count);
    if (salt === undefined || !combined.startsWith(nonce) || combined === nonce)
      throw new Error('The server did not answer with our nonce and its own');
    if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS)
      throw new Error(`The server asks for ${count} iterations, not ${MIN_ITERATIONS} to ${MAX_ITERATIONS}`);
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const pbkdf2 = { name: 'PBKDF2', hash, salt: salt as BufferSource, iterations };
    const salted = await crypto.subtle.deriveBits(pbkdf2, key, bits);
    const binding = bound ? [...utf8(header), ...channelBinding.data] : utf8(header);
    const clientFinal = `c=${encodeBase64(Uint8Array.from(binding))},r=${combined}`;
    const message = `n=${user},r=${nonce},${serverFirst},${clientFinal}`;
    const clientKey = await hmac(salted, 'Client Key');
    const mask = await hmac(await crypto.subtle.digest(hash, clientKey as BufferSource), message);
    signature = await hmac((await hmac(salted, 'Server Key')) as BufferSource, message);
    return utf8(`${clientFinal},p=${encodeBase64(clientKey.map((octet, i) => octet ^ mask[i]!))}`);
  };

  return {
    name: `SCRAM-${hash}${bound ? '-PLUS' : ''}`,
    clientFirst: true,
    cleartext: false,
    verified: () => verified,
    errorDetail: () => detail,
    async respond(challenge) {
      if (challenge === null) {
        nonce = credentials.nonce ?? encodeBase64(crypto.getRandomValues(new Uint8Array(18)));
        signature = undefined;
        verified = false;
        return utf8(`${header}n=${user},r=${nonce}`);
      }
      const text = new TextDecoder().decode(challenge);
      if (signature === undefined) return prove(text);
      if (text.startsWith('e=')) detail = text.slice(2);
      const given = /^v=([^,]+)/.exec(text)?.[1];
      if (verified || given === undefined || !equal(decodeBase64(given), signature))
        throw new Error('The server does not know the password: its signature is missing or wrong');
      verified = true;
      return new Uint8Array(0);
    },
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** RFC 5802 §5.1: "," and "=" are written as "=2C" and "=3D". */
function saslName(text: string): string {
  return text.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

/** Compares without telling by its duration where the difference lies. */
function equal(given: Uint8Array | undefined, wanted: Uint8Array): boolean {
  if (given?.length !== wanted.length) return false;
  return wanted.reduce((difference, octet, i) => difference | (octet ^ given[i]!), 0) === 0;
}
