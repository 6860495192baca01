import { demandText } from './credential.ts';
import { hmacMd5 } from './md5.ts';
import type { SaslMechanism } from './mechanism.ts';

/**
 * CRAM-MD5: proves knowledge of the password without sending it (RFC 2195).
 *
 * @param credentials Used as UTF-8.
 * @throws TypeError At what is no text.
 *
 * @example Log in without TLS and without showing the password
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'none', auth: [cramMd5({ user: 'u', pass: 'p' })] });
 * ```
 */
export function cramMd5({ user, pass }: { readonly user: string; readonly pass: string }): SaslMechanism {
  demandText({ user, pass });
  const encoder = new TextEncoder();
  return {
    name: 'CRAM-MD5',
    clientFirst: false,
    cleartext: false,
    respond(challenge) {
      if (challenge === null) throw new Error('CRAM-MD5 begins with a challenge');
      const digest = Array.from(hmacMd5(encoder.encode(pass), challenge), octet =>
        octet.toString(16).padStart(2, '0'),
      );
      return encoder.encode(`${user} ${digest.join('')}`);
    },
  };
}
