import type { Phase } from './action.ts';
import type { Envelope } from './envelope.ts';
import { type ErrorKind, SmtpError, type SmtpErrorFields } from './error.ts';
import type { Session } from './session.ts';
import { encodeXtext } from './xtext.ts';

/** The MAIL and RCPT lines of a message. */
export interface EnvelopeCommands {
  readonly mail: string;
  readonly rcpt: readonly string[];
}

const NON_ASCII = /[^\0-\x7f]/;

/** Parameters that carry a value of the envelope as it is: key, extension, keyword. */
const PLAIN = [
  ['deliverBy', 'DELIVERBY', 'BY'],
  ['holdFor', 'FUTURERELEASE', 'HOLDFOR'],
  ['holdUntil', 'FUTURERELEASE', 'HOLDUNTIL'],
  ['priority', 'MT-PRIORITY', 'MT-PRIORITY'],
] as const;

/**
 * Writes an envelope as MAIL and RCPT commands with the parameters that the server's extensions allow.
 *
 * @throws SmtpError `unsupported`, `size` or `limits`, before anything is written.
 */
export function envelopeCommands(envelope: Envelope, session: Session): EnvelopeCommands {
  const { from, to, size, body, dsn = {} } = envelope;
  const { capabilities, secure } = session;
  const mail = [`MAIL FROM:<${from}>`];
  const refuse = (kind: ErrorKind, phase: Phase, message: string, fields?: SmtpErrorFields): never => {
    throw new SmtpError(kind, phase, message, fields);
  };
  const need = (ext: string, ...parameters: readonly string[]) => {
    // RFC 8689 §2: never over plaintext, and 5.7.30 is what a server would say.
    const tls = ext === 'REQUIRETLS';
    if (!capabilities.has(ext) || (tls && !secure))
      refuse('unsupported', 'mail', `Send without ${ext}, which this server does not offer`, {
        ext,
        enhanced: tls ? '5.7.30' : undefined,
      });
    mail.push(...parameters);
  };

  if (size !== undefined && capabilities.has('SIZE')) {
    // RFC 1870 §3: zero or nothing means that no maximum is declared.
    const most = Number(capabilities.get('SIZE')![0]);
    if (most > 0 && size > most) refuse('size', 'mail', `Send at most ${most} octets, not ${size}`);
    mail.push(`SIZE=${size}`);
  }
  // RFC 9422 §3: what the server announced is kept without asking it.
  const limits = capabilities.get('LIMITS');
  if (limits) {
    const domains = new Set(to.map(path => /@[^@]*$/.exec(path)?.[0].toLowerCase() ?? '@'));
    const counts = { MAILMAX: session.transactions + 1, RCPTMAX: to.length, RCPTDOMAINMAX: domains.size };
    for (const limit of limits) {
      const [name, most] = limit.toUpperCase().split('=') as [keyof typeof counts, string];
      if (counts[name] > Number(most))
        refuse('limits', name === 'MAILMAX' ? 'mail' : 'rcpt', `Split the work: ${limit}`);
    }
  }
  if (body === '8bit') need('8BITMIME', 'BODY=8BITMIME');
  // RFC 6152 §3: 7-bit content needs no extension, so its parameter is left out where BODY is not understood.
  if (body === '7bit' && capabilities.has('8BITMIME')) mail.push('BODY=7BIT');
  if (body === 'binary') {
    need('BINARYMIME', 'BODY=BINARYMIME');
    need('CHUNKING');
  }
  if (envelope.smtputf8 || NON_ASCII.test(from + to.join(''))) need('SMTPUTF8', 'SMTPUTF8');
  if (envelope.requireTls) need('REQUIRETLS', 'REQUIRETLS');
  const { ret, envid, notify, orcpt } = dsn;
  if (envelope.dsn) need('DSN');
  if (ret) mail.push(`RET=${ret}`);
  if (envid) mail.push(`ENVID=${encodeXtext(envid)}`);
  for (const [key, ext, keyword] of PLAIN)
    if (envelope[key] !== undefined) need(ext, `${keyword}=${envelope[key]}`);
  return {
    mail: mail.join(' '),
    rcpt: to.map(path => {
      const words = [`RCPT TO:<${path}>`];
      if (notify) words.push(`NOTIFY=${notify.join(',')}`);
      if (orcpt) words.push(`ORCPT=${originalRecipient(path)}`);
      return words.join(' ');
    }),
  };
}

/** RFC 3461 §4.2, and for addresses outside ASCII RFC 6533 §3 (utf-8-addr-unitext). */
function originalRecipient(path: string): string {
  if (!NON_ASCII.test(path)) return `rfc822;${encodeXtext(path)}`;
  return `utf-8;${path.replace(/[ +=\\]/g, char => `\\x{${char.charCodeAt(0).toString(16).toUpperCase()}}`)}`;
}
