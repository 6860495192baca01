import { Authentication, usableMechanisms } from './authentication.ts';
import { SmtpError } from './error.ts';
import { type HelloVerb, sayHello } from './hello.ts';
import { Operation } from './operation.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { startTls } from './start-tls.ts';
import type { Trigger } from './state.ts';
import { encodeXtext } from './xtext.ts';

/** Replies to EHLO after which HELO is worth a try (RFC 5321 §3.2). */
const EHLO_UNKNOWN: readonly number[] = [500, 501, 502, 504];

/** Op 0: from the greeting to a session that takes messages. */
export class Handshake extends Operation {
  #tlsDone = false;
  #xclientDone = false;

  override start(): void {
    const { options, pipeline } = this.session;
    this.at = 'greeting';
    const entry = this.entry('greeting', '', (reply, trigger) => {
      if (trigger !== '220') {
        this.#refuse(trigger, '', reply);
      } else if (options.manual) {
        this.#ready(trigger);
      } else {
        this.move(trigger, 'hello');
        this.#hello(options.lmtp ? 'LHLO' : options.heloOnly ? 'HELO' : 'EHLO');
      }
    });
    if (options.proxy) pipeline.octets(options.proxy, entry);
    else pipeline.expect(entry);
  }

  #hello(verb: HelloVerb): void {
    sayHello(this, this.session, verb, (reply, trigger, command) => {
      if (trigger === '2yz') {
        this.#next(trigger);
      } else if (verb === 'EHLO' && EHLO_UNKNOWN.includes(reply.code)) {
        this.move(trigger, 'hello');
        this.#hello('HELO');
      } else {
        this.#refuse(trigger, command, reply);
      }
    });
  }

  /** What the options call for: TLS, XCLIENT, AUTH, or nothing more. */
  #next(trigger: Trigger): void {
    const { options, secure, capabilities } = this.session;
    const required = options.tls === 'starttls';
    const wanted = (required || options.tls === 'opportunistic') && !secure && !this.#tlsDone;
    if (wanted && (required || capabilities.has('STARTTLS'))) {
      this.move(trigger, 'starttls');
      this.#startTls(required);
    } else if (options.xclient && !this.#xclientDone) {
      this.move(trigger, 'command');
      this.#xclient(options.xclient);
    } else if (options.auth?.length) {
      this.move(trigger, 'auth');
      this.#authenticate(options.auth);
    } else {
      this.#ready(trigger);
    }
  }

  #startTls(required: boolean): void {
    const { session } = this;
    this.#tlsDone = true;
    if (!session.capabilities.has('STARTTLS')) {
      const advice = 'Use another port or server: this one does not offer STARTTLS';
      this.#giveUp('not to be had', new SmtpError('tls', 'starttls', advice));
      return;
    }
    const started = () => {
      this.move('tls started', 'hello');
      this.#hello(session.options.lmtp ? 'LHLO' : 'EHLO');
    };
    startTls(this, session, started, (reply, trigger) => {
      if (required) this.#giveUp(trigger, refusal('starttls', 'STARTTLS', reply, {}, 'tls'));
      else this.#next(trigger);
    });
  }

  /** Resets the session to its greeting, seen from another client. */
  #xclient(attributes: Readonly<Record<string, string>>): void {
    const { session } = this;
    this.#xclientDone = true;
    const offered = session.capabilities.get('XCLIENT')?.map(name => name.toUpperCase());
    const words = Object.entries(attributes).map(
      ([name, value]) => [name.toUpperCase(), encodeXtext(value)] as const,
    );
    if (offered === undefined || !words.every(([name]) => offered.includes(name))) {
      const advice = 'Leave out XCLIENT, or those of its attributes that the server does not offer';
      this.#giveUp('any', new SmtpError('unsupported', 'command', advice, { ext: 'XCLIENT' }));
      return;
    }
    const line = `XCLIENT ${words.map(pair => pair.join('=')).join(' ')}`;
    this.ask('command', line, (reply, trigger) => {
      if (reply.code >= 300) {
        this.#refuse(trigger, line, reply);
      } else {
        this.move(trigger, 'hello');
        this.#hello(session.options.lmtp ? 'LHLO' : 'EHLO');
      }
    });
  }

  #authenticate(mechanisms: readonly SaslMechanism[]): void {
    const { session } = this;
    let usable: readonly SaslMechanism[];
    try {
      usable = usableMechanisms(mechanisms, session);
    } catch (error) {
      this.#giveUp('not to be had', error as SmtpError);
      return;
    }
    const attempt = (i: number) => {
      const exchange = new Authentication(this, session, usable[i]!, outcome => {
        if (outcome.error === undefined) {
          this.#ready(outcome.trigger);
        } else if (outcome.another && i + 1 < usable.length) {
          this.move(outcome.trigger, 'auth');
          attempt(i + 1);
        } else {
          this.#giveUp(outcome.trigger, outcome.error, !outcome.impostor);
        }
      });
      exchange.start();
    };
    attempt(0);
  }

  #ready(trigger: Trigger): void {
    const { session } = this;
    const { capabilities, secure, authenticated } = session;
    this.move(trigger, 'idle');
    session.active.shift();
    session.ready = true;
    session.events.push({ type: 'ready', capabilities, secure, authenticated });
  }

  #refuse(trigger: Trigger, command: string, reply: Reply): void {
    this.#giveUp(trigger, refusal(this.session.phase, command, reply));
  }

  /** Gives the session up, with a QUIT that nobody waits for. */
  #giveUp(trigger: Trigger, error: SmtpError, bye = true): void {
    this.move(trigger, 'closed');
    this.session.die(error, bye);
  }
}
