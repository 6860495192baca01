import type { OpId } from './action.ts';
import type { ClientOptions } from './client-options.ts';
import { Dialogue } from './dialogue.ts';
import type { Envelope } from './envelope.ts';
import { SmtpError } from './error.ts';
import {
  checkedCommand,
  checkedEnvelope,
  checkedHello,
  checkedLine,
  checkedMechanism,
  checkedOptions,
  demand,
} from './guard.ts';
import { type HelloVerb, learn } from './handshake.ts';
import { mailTransaction } from './mail-transaction.ts';
import { Operation, type Story } from './operation.ts';
import { Recipients } from './recipients.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { Session } from './session.ts';
import { authVerb, dataVerb, quitVerb, resetVerb, startTlsVerb } from './verb.ts';

/**
 * An SMTP client as a state machine without input and output (RFC 5321). Work is queued with `send()` and its
 * like, octets go in through `receive()`, and `poll()` says what to do next.
 *
 * @example The dialogue of a message
 * ```ts
 * const smtp = new SmtpClient({ clientName: 'c.test', tls: 'starttls' });
 * const op = smtp.send({ from: 'a@x.test', to: ['b@y.test'] });
 * for (let action = smtp.poll(); action.type !== 'close'; action = smtp.poll()) await obey(action);
 * ```
 */
export class SmtpClient extends Dialogue {
  #nextId = 1;

  /**
   * @param options How the session behaves.
   * @throws SmtpError `invalid-argument` When an option is missing or wrong.
   */
  constructor(options: ClientOptions) {
    super(new Session(checkedOptions(options)));
  }

  /**
   * Queues a message; its octets are asked for with `body` actions.
   *
   * @param envelope Who it is from and to; checked and copied at once.
   */
  send(envelope: Envelope): OpId {
    return this.#enqueue(op => {
      op.envelope = checkedEnvelope(envelope);
      return mailTransaction(op, op.envelope);
    });
  }

  /**
   * Queues a command that the machine does not track, such as NOOP, VRFY, EXPN or HELP; any reply is a result.
   *
   * @param line The command line without CRLF.
   */
  command(line: string): OpId {
    return this.#enqueue(op => op.exchange('command', checkedCommand(line)));
  }

  /** Queues RSET. */
  reset(): OpId {
    return this.#enqueue(resetVerb);
  }

  /** Queues QUIT, behind which the session is over. */
  quit(): OpId {
    return this.#enqueue(quitVerb);
  }

  /**
   * Manual mode: queues EHLO, HELO or LHLO; any reply is a result.
   *
   * @param verb LHLO under LMTP and EHLO otherwise, unless given.
   */
  hello(verb?: HelloVerb): OpId {
    return this.#manual(op => {
      const { lmtp, clientName } = this.session.options;
      const checked = checkedHello(verb ?? (lmtp ? 'LHLO' : 'EHLO'));
      return op.exchange('hello', `${checked} ${clientName}`, answer => learn(op.session, checked, answer));
    });
  }

  /** Manual mode: queues STARTTLS; a refusal leaves the session as it was. */
  startTls(): OpId {
    return this.#manual(startTlsVerb);
  }

  /**
   * Manual mode: queues AUTH; a failure leaves the session as it was.
   *
   * @param mechanism A fresh one: it keeps the state of the exchange.
   */
  authenticate(mechanism: SaslMechanism): OpId {
    return this.#manual(op => authVerb(op, checkedMechanism(mechanism)));
  }

  /**
   * Manual mode: queues MAIL; any reply is a result.
   *
   * @param from Reverse-path, `''` for the null one.
   * @param parameters Such as `SIZE=1000`, written as they are.
   */
  mail(from: string, parameters: readonly string[] = []): OpId {
    return this.#manual(op =>
      op.exchange('mail', checkedLine('MAIL FROM', from, parameters), () => {
        op.session.transactionOpen = true;
        op.session.recipients = new Recipients();
      }),
    );
  }

  /**
   * Manual mode: queues RCPT; any reply is a result.
   *
   * @param to Forward-path.
   * @param parameters Such as `NOTIFY=NEVER`, written as they are.
   */
  rcpt(to: string, parameters: readonly string[] = []): OpId {
    return this.#manual(op =>
      op.exchange('rcpt', checkedLine('RCPT TO', to, parameters), () => {
        op.session.recipients.accepted.push(to);
      }),
    );
  }

  /** Manual mode: queues DATA; the message's octets are asked for with `body` actions. */
  data(): OpId {
    return this.#manual(dataVerb);
  }

  #manual(tell: (op: Operation) => Story): OpId {
    return this.#enqueue(op => {
      const { manual } = this.session.options;
      demand(manual === true, 'manual', manual);
      return tell(op);
    });
  }

  /** Queues work; `tell` checks its arguments at once and begins when its turn comes. */
  #enqueue(tell: (op: Operation) => Story): OpId {
    const { session } = this;
    const op = new Operation(session, this.#nextId++);
    try {
      op.story = tell(op);
      if (session.closed) throw session.lost();
      session.queue.push(op);
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
      session.report(op.id, error);
    }
    session.advance();
    return op.id;
  }
}
