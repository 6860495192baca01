import { demandText } from './credential.ts';
import type { SaslMechanism } from './mechanism.ts';
import { type AccessToken, tokenOf } from './xoauth2.ts';

/** What OAUTHBEARER sends. */
export interface BearerCredentials {
  /** The account; some servers take it from the token. */
  readonly user?: string;
  /** The token, or an (async) function that is called at each login. */
  readonly accessToken: AccessToken;
  /** The server that was meant, when it wants to know. */
  readonly host?: string;
  readonly port?: number;
}

/**
 * OAUTHBEARER: an OAuth 2.0 bearer token (RFC 7628). When the server refuses, its explanation becomes the error's
 * `detail`.
 *
 * @param credentials Token, and for whom.
 * @throws TypeError At what is no text.
 *
 * @example Log in with a token
 * ```ts
 * new SmtpClient({
 *   clientName: 'c.test',
 *   tls: 'implicit',
 *   auth: [oauthBearer({ user: 'u@x.test', accessToken: 'vF9dft4qmT' })],
 * });
 * ```
 */
export function oauthBearer({ user, accessToken, host, port }: BearerCredentials): SaslMechanism {
  demandText({
    ...(user !== undefined && { user }),
    ...(typeof accessToken !== 'function' && { accessToken }),
  });
  let detail: string | undefined;
  return {
    name: 'OAUTHBEARER',
    clientFirst: true,
    cleartext: true,
    errorDetail: () => detail,
    async respond(challenge) {
      if (challenge !== null) {
        detail = new TextDecoder().decode(challenge);
        // RFC 7628 §3.2.3: the client answers an error with one %x01.
        return Uint8Array.of(1);
      }
      const token = await tokenOf(accessToken);
      // RFC 5801 §4: "," and "=" are written as "=2C" and "=3D".
      const authzid = user === undefined ? '' : `a=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')}`;
      const fields = [`n,${authzid},`];
      if (host !== undefined) fields.push(`host=${host}`);
      if (port !== undefined) fields.push(`port=${port}`);
      fields.push(`auth=Bearer ${token}`);
      if (/[\u0000-\u001f]/.test(fields.join('')))
        throw new TypeError('Give credentials without control characters');
      return new TextEncoder().encode(`${fields.join('\x01')}\x01\x01`);
    },
  };
}
