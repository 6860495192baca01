import { demandText } from './credential.ts';
import type { SaslMechanism } from './mechanism.ts';

/** What a PLAIN message carries. */
export interface PlainCredentials {
  readonly user: string;
  readonly pass: string;
  /** Act as somebody else; `''` or nothing is the user (RFC 4616 §2). */
  readonly authzid?: string;
}

/**
 * PLAIN: user and password in one message (RFC 4616).
 *
 * @param credentials Any text without NUL.
 * @throws TypeError At what is no text, and at a NUL, which would shift the fields.
 *
 * @example Log in
 * ```ts
 * new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [plain({ user: 'u', pass: 'p' })] });
 * ```
 */
export function plain({ user, pass, authzid = '' }: PlainCredentials): SaslMechanism {
  demandText({ user, pass, authzid });
  if ((user + pass + authzid).includes('\0')) throw new TypeError('Give user, pass and authzid without NUL');
  return {
    name: 'PLAIN',
    clientFirst: true,
    cleartext: true,
    respond: () => new TextEncoder().encode(`${authzid}\0${user}\0${pass}`),
  };
}

/**
 * Reads a PLAIN message, as a server does (RFC 4616 §2).
 *
 * @param response The octets, after base64.
 * @returns The credentials, or undefined when the message is malformed or not UTF-8.
 *
 * @example Check a login
 * ```ts
 * const credentials = decodePlain(question.response);
 * if (credentials?.user === 'u') server.accept();
 * ```
 */
export function decodePlain(response: Uint8Array): Required<PlainCredentials> | undefined {
  let fields: string[];
  try {
    fields = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(response).split('\0');
  } catch {
    return undefined;
  }
  const [authzid = '', user = '', pass = ''] = fields;
  return fields.length === 3 && user !== '' ? { authzid, user, pass } : undefined;
}
