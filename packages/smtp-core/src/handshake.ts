import { authenticate } from './authentication.ts';
import { SmtpError } from './error.ts';
import { parseEhlo } from './extension.ts';
import type { Operation, Story } from './operation.ts';
import type { Answer } from './pipeline.ts';
import { refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { encodeXtext } from './xtext.ts';

/** How a client names itself (RFC 5321 §4.1.1.1, RFC 2033 §4.1). */
export type HelloVerb = 'EHLO' | 'HELO' | 'LHLO';

/** Replies to EHLO after which HELO is worth a try (RFC 5321 §3.2). */
const EHLO_UNKNOWN: readonly number[] = [500, 501, 502, 504];

/** Op 0: from the greeting to a session that takes messages. */
export function* handshake(op: Operation): Story {
  const { session } = op;
  const { options, events } = session;
  const { proxy, manual, xclient, auth } = options;
  op.frame('greeting', '', proxy ?? new Uint8Array(0));
  const greeting = yield;
  if (greeting.trigger !== '220') throw refusal(greeting);
  const authenticated = !manual && auth !== undefined && auth.length > 0;
  if (!manual) {
    yield* introduce(op);
    if (xclient) {
      yield* impersonate(op, xclient);
      yield* introduce(op);
    }
    if (authenticated) yield* authenticate(op, auth);
  }
  const { capabilities, secure } = session;
  session.ready = true;
  events.push({ type: 'ready', capabilities, secure, authenticated });
  return undefined;
}

/** EHLO, and TLS where the options call for it. */
function* introduce(op: Operation): Story<void> {
  const { session } = op;
  const { tls, lmtp, heloOnly } = session.options;
  const verb = lmtp ? 'LHLO' : heloOnly ? 'HELO' : 'EHLO';
  yield* hello(op, verb);
  const offered = session.capabilities.has('STARTTLS');
  const required = tls === 'starttls';
  if (session.secure || !(required || (tls === 'opportunistic' && offered))) return;
  if (!offered) throw new SmtpError('tls', 'starttls', 'Check port and tls: the server offers no STARTTLS');
  const answer = yield* startTls(op);
  if (answer.trigger === '220') yield* hello(op, verb);
  else if (required) throw refusal(answer, 'tls');
}

function* hello(op: Operation, verb: HelloVerb): Story<void> {
  const answer = yield* op.ask('hello', `${verb} ${op.session.options.clientName}`);
  if (answer.trigger === '2yz') learn(op.session, verb, answer);
  else if (verb === 'EHLO' && EHLO_UNKNOWN.includes(answer.reply.code)) yield* hello(op, 'HELO');
  else throw refusal(answer);
}

/** Learns what the server offers; it forgets its transaction, as at RSET (RFC 5321 §4.1.4). */
export function learn(session: Session, verb: HelloVerb, { reply }: Answer): void {
  session.capabilities = verb === 'HELO' ? new Map() : parseEhlo(reply.lines);
  session.transactionOpen = false;
}

/**
 * Asks for TLS, and for the upgrade when the server agrees (RFC 3207 §4). The reply is acted upon at the next
 * `poll()`, so that octets that came behind it are seen before anything else happens.
 */
export function* startTls(op: Operation): Story<Answer> {
  const answer = yield* op.ask('starttls', 'STARTTLS');
  if (answer.trigger === '220') {
    op.session.request = { type: 'starttls' };
    yield;
  }
  return answer;
}

/** Resets the session to its greeting, seen from another client. */
function* impersonate(op: Operation, attributes: Readonly<Record<string, string>>): Story<void> {
  const offered = op.session.capabilities.get('XCLIENT')?.map(name => name.toUpperCase());
  const words = Object.entries(attributes).map(([name, value]) => {
    if (!offered?.includes(name.toUpperCase()))
      throw new SmtpError('unsupported', 'command', 'Leave out XCLIENT', { ext: 'XCLIENT' });
    return ` ${name.toUpperCase()}=${encodeXtext(value)}`;
  });
  const answer = yield* op.ask('command', `XCLIENT${words.join('')}`);
  if (answer.reply.code >= 300) throw refusal(answer);
}
