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
const NONCE = /^[!-+\--~]+$/;
/**
 * RFC 5802 §7: a message that starts otherwise has a mandatory extension, which we must refuse. Seven digits bound
 * how long a hostile server can keep us busy; servers in the field ask for some 100 000 iterations at most.
 */
const SERVER_FIRST = /^r=([!-+\--~]+),s=([^,]+),i=(\d{4,7})(?![^,])/;

/**
 * SCRAM-SHA-1: neither side learns the password, and the server must prove that it knows it (RFC 5802).
 *
 * @param credentials User and password, prepared with SASLprep.
 * @throws TypeError At what is no text, at text that SASLprep prohibits, or a malformed nonce.
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
 * @throws TypeError At what is no text, at text that SASLprep prohibits, or a malformed nonce.
 *
 * @example Log in and know the server
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [scramSha256({ user: 'u', pass: 'p' })] });
 * ```
 */
export function scramSha256(credentials: ScramCredentials): SaslMechanism {
  return scram('SHA-256', 256, credentials);
}

function scram(
  hash: string,
  bits: number,
  { user, pass, authzid, nonce, channelBinding }: ScramCredentials,
): SaslMechanism {
  const bound = typeof channelBinding === 'object' ? channelBinding : undefined;
  const flag = bound ? `p=${bound.type}` : channelBinding ? 'y' : 'n';
  const header = `${flag},${authzid ? `a=${saslName(authzid)}` : ''},`;
  const name = saslName(saslprep(user));
  const password = utf8(saslprep(pass));
  if (nonce !== undefined && !NONCE.test(nonce)) throw new TypeError('Give a printable nonce without comma');
  const { subtle } = crypto;
  let verified = false;
  let detail: string | undefined;
  let steps = exchange();

  const hmac = async (key: BufferSource, message: string) => {
    const hmacKey = await subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', hmacKey, utf8(message)));
  };

  /** Gives our messages, and is given the server's. */
  async function* exchange(): AsyncGenerator<string, never, string> {
    verified = false;
    const clientNonce = nonce ?? encodeBase64(crypto.getRandomValues(new Uint8Array(18)));
    const bare = `n=${name},r=${clientNonce}`;
    const serverFirst = yield header + bare;
    const [, serverNonce = '', salt64 = '', iterations = 0] = SERVER_FIRST.exec(serverFirst) ?? [];
    const salt = decodeBase64(salt64) as BufferSource | undefined;
    const strange = serverNonce === clientNonce || !serverNonce.startsWith(clientNonce);
    if (!salt || strange || +iterations < MIN_ITERATIONS)
      throw new Error('The server sent a bad challenge, nonce or iteration count');
    const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const salted = await subtle.deriveBits(
      { name: 'PBKDF2', hash, salt, iterations: +iterations },
      key,
      bits,
    );
    const binding = encodeBase64(Uint8Array.of(...utf8(header), ...(bound?.data ?? [])));
    const clientFinal = `c=${binding},r=${serverNonce}`;
    const message = `${bare},${serverFirst},${clientFinal}`;
    const clientKey = await hmac(salted, 'Client Key');
    const mask = await hmac(await subtle.digest(hash, clientKey), message);
    const serverFinal =
      yield `${clientFinal},p=${encodeBase64(clientKey.map((octet, i) => octet ^ mask[i]!))}`;
    // An ordinary comparison will do: no two exchanges have the same signature, and each allows one guess.
    const signature = encodeBase64(await hmac(await hmac(salted, 'Server Key'), message));
    verified = serverFinal.split(',')[0] === `v=${signature}`;
    if (verified) yield '';
    verified = false;
    throw new Error('The server failed to prove itself');
  }

  return {
    name: `SCRAM-${hash}${bound ? '-PLUS' : ''}`,
    clientFirst: true,
    cleartext: false,
    verified: () => verified,
    errorDetail: () => detail,
    async respond(challenge) {
      if (challenge === null) steps = exchange();
      const text = new TextDecoder().decode(challenge ?? undefined);
      if (text.startsWith('e=')) detail = text.slice(2);
      return utf8((await steps.next(text)).value);
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
