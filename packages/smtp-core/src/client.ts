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
  checkManual,
} from './guard.ts';
import { MailTransaction } from './mail-transaction.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { Session } from './session.ts';
import {
  authVerb,
  dataVerb,
  type HelloVerb,
  learn,
  mailVerb,
  quitVerb,
  type Run,
  rcptVerb,
  resetVerb,
  startTlsVerb,
  Verb,
} from './verb.ts';

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
    return this.#enqueue(id => new MailTransaction(this.session, id, checkedEnvelope(envelope)));
  }

  /**
   * Queues a command that the machine does not track, such as NOOP, VRFY, EXPN or HELP; any reply is a result.
   *
   * @param line The command line without CRLF.
   */
  command(line: string): OpId {
    return this.#verb(() => {
      checkedCommand(line);
      return op => op.exchange('command', line);
    });
  }

  /** Queues RSET. */
  reset(): OpId {
    return this.#verb(() => resetVerb);
  }

  /** Queues QUIT, behind which the session is over. */
  quit(): OpId {
    return this.#verb(() => quitVerb);
  }

  /**
   * Manual mode: queues EHLO, HELO or LHLO; any reply is a result.
   *
   * @param verb LHLO under LMTP and EHLO otherwise, unless given.
   */
  hello(verb?: HelloVerb): OpId {
    const { lmtp, clientName } = this.session.options;
    return this.#manual(() => {
      const checked = checkedHello(verb ?? (lmtp ? 'LHLO' : 'EHLO'));
      const learned = (op: Verb) => (reply: Reply, accepted: boolean) => {
        if (accepted) learn(op.session, checked, reply);
      };
      return op => op.exchange('hello', `${checked} ${clientName}`, learned(op));
    });
  }

  /** Manual mode: queues STARTTLS; a refusal leaves the session as it was. */
  startTls(): OpId {
    return this.#manual(() => startTlsVerb);
  }

  /**
   * Manual mode: queues AUTH; a failure leaves the session as it was.
   *
   * @param mechanism A fresh one: it keeps the state of the exchange.
   */
  authenticate(mechanism: SaslMechanism): OpId {
    return this.#manual(() => {
      checkedMechanism(mechanism);
      return op => authVerb(op, mechanism);
    });
  }

  /**
   * Manual mode: queues MAIL; any reply is a result.
   *
   * @param from Reverse-path, `''` for the null one.
   * @param parameters Such as `SIZE=1000`, written as they are.
   */
  mail(from: string, parameters: readonly string[] = []): OpId {
    return this.#manual(() => {
      const line = checkedLine('MAIL FROM', from, parameters);
      return op => mailVerb(op, line);
    });
  }

  /**
   * Manual mode: queues RCPT; any reply is a result.
   *
   * @param to Forward-path.
   * @param parameters Such as `NOTIFY=NEVER`, written as they are.
   */
  rcpt(to: string, parameters: readonly string[] = []): OpId {
    return this.#manual(() => {
      const line = checkedLine('RCPT TO', to, parameters);
      return op => rcptVerb(op, line, to);
    });
  }

  /** Manual mode: queues DATA; the message's octets are asked for with `body` actions. */
  data(): OpId {
    return this.#manual(() => dataVerb);
  }

  #manual(run: () => Run): OpId {
    return this.#verb(() => {
      checkManual(this.session.options);
      return run();
    });
  }

  #verb(run: () => Run): OpId {
    return this.#enqueue(id => new Verb(this.session, id, run()));
  }

  #enqueue(make: (id: OpId) => Operation): OpId {
    const { session } = this;
    const id = this.#nextId++;
    try {
      const op = make(id);
      if (session.closed) op.settle(session.lost());
      else session.queue.push(op);
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
      session.report(id, error);
    }
    session.advance();
    return id;
  }
}
