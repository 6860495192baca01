import type { Command } from './command.ts';
import { readMail, readRcpt } from './mail-command.ts';
import type { ServerAuth } from './server-auth.ts';
import type { ServerContent } from './server-content.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';
import type { ServerSession } from './server-session.ts';
import { ServerTransaction } from './server-transaction.ts';

/** The rooms a command may lead to. */
export interface ServerRooms {
  readonly session: ServerSession;
  readonly auth: ServerAuth;
  readonly content: ServerContent;
}

/** Serves one command, or says why not (RFC 5321 §4.1.1). */
export function serve({ verb, argument }: Command, rooms: ServerRooms): Refusal | undefined {
  const { session, auth, content } = rooms;
  switch (verb) {
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
      return hello(session, verb, argument);
    case 'STARTTLS':
      return startTls(session, argument);
    case 'AUTH':
      return auth.begin(argument);
    case 'MAIL':
      return mail(session, argument);
    case 'RCPT':
      return rcpt(session, argument);
    case 'DATA':
      return content.data(argument);
    case 'BDAT':
      return content.bdat(argument);
    case 'VRFY':
    case 'EXPN':
      return verify(session, verb, argument);
    case 'RSET':
    case 'NOOP':
    case 'HELP':
    case 'QUIT':
      return simple(session, verb, argument);
    case 'TURN':
    case 'ETRN':
    case 'SEND':
    case 'SOML':
    case 'SAML':
      return REFUSALS.notImplemented;
    default:
      return REFUSALS.unrecognised;
  }
}

/** A command line as the transcript may show it: what follows AUTH, and what is no command, may be a secret. */
export function redact({ verb, argument }: Command): string {
  if (verb === 'AUTH') return `AUTH ${argument.replace(/ .*$/, ' ***')}`;
  const known = /^(?:[EHL][HE]LO|STARTTLS|MAIL|RCPT|DATA|BDAT|VRFY|EXPN|RSET|NOOP|HELP|QUIT)$/.test(verb);
  return known ? `${verb} ${argument}`.trimEnd() : '***';
}

function hello(session: ServerSession, verb: 'EHLO' | 'HELO' | 'LHLO', name: string): Refusal | undefined {
  const { settings } = session;
  if (settings.lmtp !== (verb === 'LHLO')) return REFUSALS.unrecognised;
  const sequence = session.outOfSequence('HELLO');
  if (sequence !== undefined) return sequence;
  // Clients in the field name themselves with underscores and worse; RFC 5321 §4.1.4 forbids to refuse mail for it.
  if (!/^[^ ]{1,255}$/.test(name)) return REFUSALS.argumentSyntax;
  session.ask({
    question: { type: 'hello', verb, name },
    accept: text => {
      session.introduce(verb !== 'HELO');
      const greeting = text === undefined ? settings.serverName : `${settings.serverName} ${text}`;
      const lines = [...session.offer].map(([keyword, rest]) => `${keyword} ${rest}`.trimEnd());
      session.outbox.reply({ code: 250, lines: [greeting, ...lines] });
    },
    reject: (code, text, enhanced) => session.reply(code, text, enhanced),
  });
  return undefined;
}

function startTls(session: ServerSession, argument: string): Refusal | undefined {
  const refusal = session.secure
    ? REFUSALS.alreadySecure
    : session.settings.startTls
      ? (session.outOfSequence('STARTTLS') ?? (argument === '' ? undefined : REFUSALS.noArgument))
      : REFUSALS.notImplemented;
  if (refusal !== undefined) return refusal;
  session.reply(220, 'Ready to start TLS', '2.0.0');
  session.upgrading = true;
  // What came with STARTTLS came in plaintext, perhaps from someone in between: it is never executed.
  session.input.clear();
  return undefined;
}

function mail(session: ServerSession, argument: string): Refusal | undefined {
  const refusal = session.outOfSequence('MAIL') ?? policy(session);
  if (refusal !== undefined) return refusal;
  const command = readMail(argument, session.offer);
  if ('code' in command) return command;
  const { address: from, parameters } = command;
  session.ask({
    question: { type: 'mail', from, parameters },
    accept: text => {
      session.transaction = new ServerTransaction(from, parameters);
      session.move('MAIL');
      session.reply(250, text ?? 'Sender OK', '2.1.0');
    },
    reject: (code, text, enhanced) => session.reply(code, text, enhanced),
  });
  return undefined;
}

function rcpt(session: ServerSession, argument: string): Refusal | undefined {
  const sequence = session.outOfSequence('RCPT');
  if (sequence !== undefined) return sequence;
  const transaction = session.transaction!;
  const command = readRcpt(argument, session.offer, transaction.international);
  if ('code' in command) return command;
  if (transaction.recipients.length >= session.settings.maxRecipients) return REFUSALS.tooManyRecipients;
  const { address: to, parameters } = command;
  session.ask({
    question: { type: 'rcpt', to, parameters },
    accept: text => {
      transaction.recipients.push(to);
      session.move('RCPT');
      session.reply(250, text ?? 'Recipient OK', '2.1.5');
    },
    reject: (code, text, enhanced) => session.reply(code, text, enhanced),
  });
  return undefined;
}

function verify(session: ServerSession, verb: 'VRFY' | 'EXPN', argument: string): Refusal | undefined {
  const refusal =
    session.outOfSequence(verb) ?? policy(session) ?? (argument === '' ? REFUSALS.argumentSyntax : undefined);
  if (refusal !== undefined) return refusal;
  session.ask({
    question: { type: 'verify', verb, argument },
    accept: text =>
      text === undefined
        ? session.reply(252, 'Cannot verify, but will accept the message and try', '2.0.0')
        : session.reply(250, text, '2.1.5'),
    reject: (code, text, enhanced) => session.reply(code, text, enhanced),
  });
  return undefined;
}

function simple(
  session: ServerSession,
  verb: 'RSET' | 'NOOP' | 'HELP' | 'QUIT',
  argument: string,
): Refusal | undefined {
  const sequence = session.outOfSequence(verb);
  if (sequence !== undefined) return sequence;
  if (argument !== '' && (verb === 'RSET' || verb === 'QUIT')) return REFUSALS.noArgument;
  if (verb === 'RSET') session.abandon();
  if (verb === 'QUIT') {
    session.reply(221, 'Closing connection', '2.0.0');
    session.end('quit');
    return undefined;
  }
  session.move(verb);
  if (verb === 'HELP') session.reply(214, 'Commands as in RFC 5321', '2.0.0');
  else session.reply(250, 'OK', '2.0.0');
  return undefined;
}

/** What the host demands before mail is served (RFC 3207 §4, RFC 4954 §6). */
function policy({ settings, secure, authenticated }: ServerSession): Refusal | undefined {
  if (settings.requireTls && !secure) return REFUSALS.startTlsFirst;
  return settings.requireAuth && !authenticated ? REFUSALS.authenticationFirst : undefined;
}
