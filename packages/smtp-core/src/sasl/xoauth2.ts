import { demandText } from './credential.ts';
import type { SaslMechanism } from './mechanism.ts';

/** An OAuth 2.0 access token, or where to get a fresh one. */
export type AccessToken = string | (() => string | Promise<string>);

/**
 * Gets the token to log in with.
 *
 * @throws TypeError At what is no text.
 */
export async function tokenOf(accessToken: AccessToken): Promise<string> {
  const token = typeof accessToken === 'function' ? await accessToken() : accessToken;
  demandText({ accessToken: token });
  return token;
}

/**
 * XOAUTH2: an OAuth 2.0 bearer token, as Google and Microsoft take it. When the server refuses, its explanation
 * becomes the error's `detail`.
 *
 * @param credentials `accessToken` may be an (async) function; it is called at each login.
 * @throws TypeError At what is no text.
 *
 * @example Log in with a token
 * ```ts
 * new SmtpClient({
 *   clientName: 'c.test',
 *   tls: 'implicit',
 *   auth: [xoauth2({ user: 'u@x.test', accessToken: () => tokens.fresh() })],
 * });
 * ```
 */
export function xoauth2({
  user,
  accessToken,
}: {
  readonly user: string;
  readonly accessToken: AccessToken;
}): SaslMechanism {
  demandText({ user, ...(typeof accessToken !== 'function' && { accessToken }) });
  let detail: string | undefined;
  return {
    name: 'XOAUTH2',
    clientFirst: true,
    cleartext: true,
    errorDetail: () => detail,
    async respond(challenge) {
      if (challenge !== null) {
        detail = new TextDecoder().decode(challenge);
        return new Uint8Array(0);
      }
      const token = await tokenOf(accessToken);
      if (/[\u0000-\u001f]/.test(user + token))
        throw new TypeError('Give user and accessToken without control characters');
      return new TextEncoder().encode(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
    },
  };
}
