import type { Envelope } from './envelope.ts';
import { SmtpError, type SmtpErrorFields } from './error.ts';
import { formatPath } from './path.ts';
import type { Session } from './session.ts';
import { encodeXtext } from './xtext.ts';

/** The MAIL and RCPT lines of a message. */
export interface EnvelopeCommands {
  readonly mail: string;
  readonly rcpt: readonly string[];
}

const NON_ASCII = /[^\0-\x7f]/;

/**
 * Writes an envelope as MAIL and RCPT commands with the parameters that the server's extensions allow.
 *
 * @throws SmtpError `unsupported`, `size` or `limits`, before anything is written.
 */
export function envelopeCommands(envelope: Envelope, session: Session): EnvelopeCommands {
  const { from, to, size, body, dsn, deliverBy, holdFor, holdUntil, priority } = envelope;
  const { capabilities } = session;
  const mail: string[] = [`MAIL FROM:${formatPath(from)}`];
  const rcpt: string[] = [];
  const need = (
    ext: string,
    parameter: string,
    offered = capabilities.has(ext),
    fields?: SmtpErrorFields,
  ) => {
    if (!offered)
      throw new SmtpError('unsupported', 'mail', `Send without ${ext}, which the server does not offer`, {
        ...fields,
        ext,
      });
    mail.push(parameter);
  };

  if (size !== undefined && capabilities.has('SIZE')) {
    // RFC 1870 §3: zero or nothing means that no maximum is declared.
    const most = Number(capabilities.get('SIZE')![0]);
    if (most > 0 && size > most)
      throw new SmtpError(
        'size',
        'mail',
        `Shorten the message: it has ${size} octets, the server takes ${most}`,
      );
    mail.push(`SIZE=${size}`);
  }
  checkLimits(to, session);
  // RFC 6152 §3: 7-bit content needs no extension, so its parameter is left out where BODY is not understood.
  if (body === '8bit' || (body === '7bit' && capabilities.has('8BITMIME')))
    need('8BITMIME', `BODY=${body === '8bit' ? '8BITMIME' : '7BIT'}`);
  if (body === 'binary') {
    need('BINARYMIME', 'BODY=BINARYMIME');
    if (!capabilities.has('CHUNKING')) need('CHUNKING', '');
  }
  if (envelope.smtputf8 || NON_ASCII.test(from + to.join(''))) need('SMTPUTF8', 'SMTPUTF8');
  if (envelope.requireTls)
    need('REQUIRETLS', 'REQUIRETLS', session.secure && capabilities.has('REQUIRETLS'), {
      enhanced: '5.7.30',
    });
  if (dsn !== undefined) {
    need('DSN', '');
    mail.pop();
    if (dsn.ret) mail.push(`RET=${dsn.ret}`);
    if (dsn.envid !== undefined) mail.push(`ENVID=${encodeXtext(dsn.envid)}`);
    if (dsn.notify) rcpt.push(`NOTIFY=${dsn.notify.join(',')}`);
  }
  if (deliverBy !== undefined) need('DELIVERBY', `BY=${deliverBy}`);
  if (holdFor !== undefined) need('FUTURERELEASE', `HOLDFOR=${holdFor}`);
  if (holdUntil !== undefined) need('FUTURERELEASE', `HOLDUNTIL=${holdUntil}`);
  if (priority !== undefined) need('MT-PRIORITY', `MT-PRIORITY=${priority}`);
  return {
    mail: mail.join(' '),
    rcpt: to.map(path =>
      [
        `RCPT TO:${formatPath(path)}`,
        ...rcpt,
        ...(dsn?.orcpt ? [`ORCPT=${originalRecipient(path)}`] : []),
      ].join(' '),
    ),
  };
}

/** RFC 3461 §4.2, and for addresses outside ASCII RFC 6533 §3 (utf-8-addr-unitext). */
function originalRecipient(path: string): string {
  if (!NON_ASCII.test(path)) return `rfc822;${encodeXtext(path)}`;
  return `utf-8;${path.replace(/[ +=\\]/g, char => `\\x{${char.charCodeAt(0).toString(16).toUpperCase()}}`)}`;
}

/** RFC 9422 §3: what the server announced is kept without asking it. */
function checkLimits(to: readonly string[], { capabilities, transactions }: Session): void {
  const domains = new Set(to.map(path => path.slice(path.lastIndexOf('@') + 1).toLowerCase()));
  const counts = { MAILMAX: transactions + 1, RCPTMAX: to.length, RCPTDOMAINMAX: domains.size };
  for (const limit of capabilities.get('LIMITS') ?? []) {
    const [name, value] = limit.toUpperCase().split('=') as [keyof typeof counts, string?];
    if (counts[name] > Number(value))
      throw new SmtpError(
        'limits',
        name === 'MAILMAX' ? 'mail' : 'rcpt',
        `Split the work: the server announced ${limit}`,
      );
  }
}
