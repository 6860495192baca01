import { authenticate } from './authentication.ts';
import { DataContent } from './content.ts';
import { SmtpError } from './error.ts';
import { startTls } from './handshake.ts';
import { type Operation, resultOf, type Story } from './operation.ts';
import { refusal } from './refusal.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';

/** RSET at once, not only before the next transaction (RFC 5321 §4.1.1.5). */
export function* resetVerb(op: Operation): Story {
  const answer = yield* op.ask('rset', 'RSET');
  const taken = answer.trigger === '2yz';
  op.session.transactionOpen = !taken;
  if (!taken) throw refusal(answer);
  return {};
}

/** QUIT; a server that hangs up instead of answering has understood too (RFC 5321 §4.1.1.10). */
export function* quitVerb(op: Operation): Story {
  op.leaving = true;
  yield* op.ask('quit', 'QUIT');
  return {};
}

/** STARTTLS, which leaves the session as it was when it is refused. */
export function* startTlsVerb(op: Operation): Story {
  const { secure, capabilities } = op.session;
  if (secure || !capabilities.has('STARTTLS'))
    throw new SmtpError('unsupported', 'starttls', 'Go on without STARTTLS', { ext: 'STARTTLS' });
  const answer = yield* startTls(op);
  if (answer.trigger !== '220') throw refusal(answer, 'tls');
  return resultOf(answer);
}

/** AUTH with one mechanism, which leaves the session as it was when it fails. */
export function* authVerb(op: Operation, mechanism: SaslMechanism): Story {
  return resultOf(yield* authenticate(op, [mechanism]));
}

/** DATA and the content; a refusal of DATA is an error, the final reply a result whatever its code. */
export function* dataVerb(op: Operation): Story {
  const { session } = op;
  const { recipients, options } = session;
  let answer = yield* op.ask('data', 'DATA');
  if (answer.trigger !== '354') throw refusal(answer);
  op.content = new DataContent(op);
  // Under LMTP there is one reply for each recipient that was accepted.
  const each = options.lmtp === true && recipients.accepted.length > 0;
  let again = false;
  do {
    answer = yield again;
    session.transactionOpen = false;
    again = each && recipients.deliver(answer, true);
  } while (again);
  return each ? recipients.result : resultOf(answer);
}
