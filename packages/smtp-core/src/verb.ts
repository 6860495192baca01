import type { OpId } from './action.ts';
import { authenticate, usableMechanisms } from './authentication.ts';
import { DataContent } from './content.ts';
import { SmtpError } from './error.ts';
import { parseEhlo } from './extension.ts';
import { Operation } from './operation.ts';
import { Recipients } from './recipients.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import type { Session } from './session.ts';
import { startTls } from './start-tls.ts';
import type { Trigger } from './state.ts';

/** How a client names itself (RFC 5321 §4.1.1.1, RFC 2033 §4.1). */
export type HelloVerb = 'EHLO' | 'HELO' | 'LHLO';

/** What a verb does when its turn comes. */
export type Run = (op: Verb) => void;

/** Everything but a message: one verb at a time. */
export class Verb extends Operation {
  readonly #run: Run;
  content: DataContent | undefined;

  constructor(session: Session, id: OpId, run: Run) {
    super(session, id);
    this.#run = run;
  }

  override start(): void {
    this.#run(this);
  }

  override get hungry(): boolean {
    return this.content?.hungry === true;
  }

  override fill(): void {
    this.content?.fill();
  }

  override body(chunk: Uint8Array | null): void {
    this.content!.take(chunk);
    if (chunk === null) this.move('end', 'final');
  }

  override bodyAbort(error: SmtpError): void {
    this.move('failed', 'closed');
    this.session.die(error);
  }
}

/** Learns what the server offers; it forgets its transaction, as at RSET (RFC 5321 §4.1.4). */
export function learn(session: Session, verb: HelloVerb, { lines }: Reply): void {
  session.capabilities = verb === 'HELO' ? new Map() : parseEhlo(lines);
  session.transactionOpen = false;
}

/** RSET at once, not only before the next transaction (RFC 5321 §4.1.1.5). */
export function resetVerb(op: Verb): void {
  op.move('begin', 'rset');
  op.ask('rset', 'RSET', (reply, trigger) => {
    const taken = trigger === '2yz';
    op.move(trigger, 'idle');
    op.session.transactionOpen = !taken;
    op.settle(taken ? {} : refusal('rset', 'RSET', reply));
  });
}

/** QUIT; a server that hangs up instead of answering has understood too (RFC 5321 §4.1.1.10). */
export function quitVerb(op: Verb): void {
  op.move('begin', 'quit');
  op.leaving = true;
  op.ask('quit', 'QUIT', () => op.session.leave(op));
}

/** STARTTLS, which leaves the session as it was when it is refused. */
export function startTlsVerb(op: Verb): void {
  const { secure, capabilities } = op.session;
  if (secure || !capabilities.has('STARTTLS')) {
    op.settle(new SmtpError('unsupported', 'starttls', 'Go on without STARTTLS', { ext: 'STARTTLS' }));
    return;
  }
  op.move('begin', 'starttls');
  const started = (reply: Reply) => op.conclude(reply, 'started');
  startTls(op, started, (reply, trigger) => {
    op.move(trigger, 'idle');
    op.settle(refusal('starttls', 'STARTTLS', reply, {}, 'tls'));
  });
}

/** AUTH with one mechanism, which leaves the session as it was when it fails. */
export function authVerb(op: Verb, mechanism: SaslMechanism): void {
  const usable = usableMechanisms([mechanism], op.session);
  if (usable instanceof SmtpError) {
    op.settle(usable);
    return;
  }
  op.move('begin', 'auth');
  authenticate(op, mechanism, ({ trigger, reply, error, impostor }) => {
    op.move(trigger, impostor ? 'closed' : 'idle');
    if (impostor) op.session.die(error!);
    else op.settle(error ?? { ...reply!, reply: reply! });
  });
}

/** MAIL with its parameters as given. */
export function mailVerb(op: Verb, line: string): void {
  op.exchange('mail', line, (_, accepted) => {
    if (!accepted) return;
    op.session.transactionOpen = true;
    op.session.recipients = new Recipients(0);
  });
}

/** RCPT with its parameters as given. */
export function rcptVerb(op: Verb, line: string, to: string): void {
  op.exchange('rcpt', line, (_, accepted) => {
    if (accepted) op.session.recipients.accepted.push(to);
  });
}

/** DATA and the content; a refusal of DATA is an error, the final reply a result whatever its code. */
export function dataVerb(op: Verb): void {
  const { session } = op;
  const { recipients, options } = session;
  // Under LMTP there is one reply for each recipient that was accepted.
  const each = options.lmtp === true && recipients.accepted.length > 0;
  const final = (reply: Reply, trigger: Trigger) => {
    session.transactionOpen = false;
    const more = each && recipients.deliver(reply, trigger === '2yz', true);
    if (more || each) op.move(trigger, more ? 'final' : 'idle');
    if (each && !more) op.settle(recipients.result ?? recipients.failure('final'));
    else if (!each) op.conclude(reply, trigger);
    return more;
  };
  op.move('begin', 'data');
  op.ask('data', 'DATA', (reply, trigger) => {
    if (trigger === '354') {
      op.move(trigger, 'body');
      op.content = new DataContent(session, redacted => op.entry('final', redacted, final, true));
    } else {
      op.move(trigger, 'idle');
      op.settle(refusal('data', 'DATA', reply));
    }
  });
}
