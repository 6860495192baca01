import { demandText } from './credential.ts';
import type { SaslMechanism } from './mechanism.ts';

/**
 * LOGIN: user, then password, each after a prompt (draft-murchison-sasl-login-00, obsolete but widespread).
 *
 * @param credentials Sent as UTF-8.
 * @throws TypeError At what is no text.
 *
 * @example Log in to a server that has nothing better
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [login({ user: 'u', pass: 'p' })] });
 * ```
 */
export function login({ user, pass }: { readonly user: string; readonly pass: string }): SaslMechanism {
  demandText({ user, pass });
  const answers = [user, pass];
  let step = 0;
  return {
    name: 'LOGIN',
    clientFirst: false,
    cleartext: true,
    lenientChallenge: true,
    respond() {
      const answer = answers[step++];
      if (answer === undefined) throw new Error('LOGIN asks for a user and a password, the server for more');
      return new TextEncoder().encode(answer);
    },
  };
}
