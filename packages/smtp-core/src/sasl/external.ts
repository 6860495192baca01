import { demandText } from './credential.ts';
import type { SaslMechanism } from './mechanism.ts';

/**
 * EXTERNAL: the server knows the client already, by its TLS certificate (RFC 4422 appendix A).
 *
 * @param options `authzid`: act as this identity; nothing is the one the certificate names.
 *
 * @example Log in by certificate
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [external()] });
 * ```
 */
export function external({ authzid = '' }: { readonly authzid?: string } = {}): SaslMechanism {
  demandText({ authzid });
  if (authzid.includes('\0')) throw new TypeError('Give authzid without NUL');
  return {
    name: 'EXTERNAL',
    clientFirst: true,
    cleartext: false,
    respond: () => new TextEncoder().encode(authzid),
  };
}
