import type { OpId } from './action.ts';
import { Authentication, usableMechanisms } from './authentication.ts';
import { DataContent } from './content.ts';
import { SmtpError } from './error.ts';
import { type HelloVerb, sayHello } from './hello.ts';
import { Operation } from './operation.ts';
import { formatPath } from './path.ts';
import { Recipients } from './recipients.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import type { Session } from './session.ts';
import { startTls } from './start-tls.ts';
import type { Trigger } from './state.ts';

/** One verb of manual mode, run when its turn comes. */
export class Verb extends Operation {
  readonly #run: (op: Verb, session: Session) => void;
  content: DataContent | undefined;

  constructor(session: Session, id: OpId, run: (op: Verb, session: Session) => void) {
    super(session, id);
    this.#run = run;
  }

  override start(): void {
    this.#run(this, this.session);
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

  override bodyAbort(cause: unknown): void {
    this.move('source failed', 'closed');
    this.session.die(
      new SmtpError('aborted', 'body', 'Look at the source of the message: it failed', { cause }),
    );
  }

  /** Expects content, and then one reply, or under LMTP one for each recipient that was accepted. */
  openContent(): void {
    const { session } = this;
    const { recipients } = session;
    const each = session.options.lmtp === true && recipients.accepted.length > 0;
    const answer = (reply: Reply, trigger: Trigger): boolean => {
      session.transactionOpen = false;
      const more = each && recipients.deliver(reply, trigger === '2yz', true);
      this.move(trigger, more ? 'final' : 'idle');
      if (more) return true;
      session.settle(this, each ? (recipients.result ?? recipients.failure('final')) : { ...reply, reply });
      return false;
    };
    this.content = new DataContent(session, redacted => this.entry('final', redacted, answer, true));
  }
}

/** EHLO, HELO or LHLO; any reply is a result. */
export function helloVerb(verb: HelloVerb): (op: Verb, session: Session) => void {
  return (op, session) => {
    op.move('command', 'hello');
    sayHello(op, session, verb, (reply, trigger) => {
      op.move(trigger, 'idle');
      session.settle(op, { ...reply, reply });
    });
  };
}

/** STARTTLS, which leaves the session as it was when it is refused. */
export function startTlsVerb(op: Verb, session: Session): void {
  if (session.secure || !session.capabilities.has('STARTTLS')) {
    const advice = 'Go on without STARTTLS, which the server does not offer here';
    session.settle(op, new SmtpError('unsupported', 'starttls', advice, { ext: 'STARTTLS' }));
    return;
  }
  const started = (reply: Reply) => {
    op.move('tls started', 'idle');
    session.settle(op, { ...reply, reply });
  };
  op.move('command', 'starttls');
  startTls(op, session, started, (reply, trigger) => {
    op.move(trigger, 'idle');
    session.settle(op, refusal('starttls', 'STARTTLS', reply, {}, 'tls'));
  });
}

/** AUTH with one mechanism, which leaves the session as it was when it fails. */
export function authVerb(mechanism: SaslMechanism): (op: Verb, session: Session) => void {
  return (op, session) => {
    try {
      usableMechanisms([mechanism], session);
    } catch (error) {
      session.settle(op, error as SmtpError);
      return;
    }
    op.move('command', 'auth');
    const exchange = new Authentication(op, session, mechanism, outcome => {
      if (outcome.error === undefined) {
        op.move(outcome.trigger, 'idle');
        session.settle(op, { ...outcome.reply, reply: outcome.reply });
      } else if (outcome.impostor) {
        op.move(outcome.trigger, 'closed');
        session.die(outcome.error);
      } else {
        op.move(outcome.trigger, 'idle');
        session.settle(op, outcome.error);
      }
    });
    exchange.start();
  };
}

/** MAIL with the parameters as given; any reply is a result. */
export function mailVerb(from: string, parameters: readonly string[]): (op: Verb, session: Session) => void {
  return (op, session) => {
    op.move('command', 'mail');
    op.ask('mail', [`MAIL FROM:${formatPath(from)}`, ...parameters].join(' '), (reply, trigger) => {
      op.move(trigger, 'idle');
      if (trigger === '2yz') {
        session.transactionOpen = true;
        session.recipients = new Recipients(0);
      }
      session.settle(op, { ...reply, reply });
    });
  };
}

/** RCPT with the parameters as given; any reply is a result. */
export function rcptVerb(to: string, parameters: readonly string[]): (op: Verb, session: Session) => void {
  return (op, session) => {
    op.move('command', 'rcpt');
    op.ask('rcpt', [`RCPT TO:${formatPath(to)}`, ...parameters].join(' '), (reply, trigger) => {
      op.move(trigger, 'idle');
      if (trigger === '2yz') session.recipients.accepted.push(to);
      session.settle(op, { ...reply, reply });
    });
  };
}

/** DATA and the content; a refusal of DATA is an error, the final reply a result whatever its code. */
export function dataVerb(op: Verb, session: Session): void {
  op.move('command', 'data');
  op.ask('data', 'DATA', (reply, trigger) => {
    op.move(trigger, trigger === '354' ? 'body' : 'idle');
    if (trigger === '354') op.openContent();
    else session.settle(op, refusal('data', 'DATA', reply));
  });
}
