import { authenticate, usableMechanisms } from './authentication.ts';
import { SmtpError } from './error.ts';
import { Operation } from './operation.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { startTls } from './start-tls.ts';
import type { Trigger } from './state.ts';
import { type HelloVerb, learn } from './verb.ts';
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
      if (trigger !== '220') this.#refused(trigger, '', reply);
      else if (options.manual) this.#ready(trigger);
      else this.#hello(trigger, options.heloOnly);
    });
    if (options.proxy) pipeline.octets(options.proxy, entry);
    else pipeline.expect(entry);
  }

  #hello(trigger: Trigger, helo = false): void {
    const { lmtp, clientName } = this.session.options;
    const verb: HelloVerb = lmtp ? 'LHLO' : helo ? 'HELO' : 'EHLO';
    const line = `${verb} ${clientName}`;
    this.move(trigger, 'hello');
    this.ask('hello', line, (reply, trigger) => {
      if (trigger === '2yz') {
        learn(this.session, verb, reply);
        this.#next(trigger);
      } else if (verb === 'EHLO' && EHLO_UNKNOWN.includes(reply.code)) this.#hello(trigger, true);
      else this.#refused(trigger, line, reply);
    });
  }

  /** What the options call for: TLS, XCLIENT, AUTH, or nothing more. */
  #next(trigger: Trigger): void {
    const { options, secure, capabilities } = this.session;
    const { tls, xclient, auth } = options;
    const wanted = tls === 'starttls' || (tls === 'opportunistic' && capabilities.has('STARTTLS'));
    if (wanted && !secure && !this.#tlsDone) {
      this.move(trigger, 'starttls');
      this.#startTls(tls === 'starttls');
    } else if (xclient && !this.#xclientDone) {
      this.move(trigger, 'command');
      this.#xclient(xclient);
    } else if (auth?.length) {
      this.move(trigger, 'auth');
      this.#authenticate(auth);
    } else this.#ready(trigger);
  }

  #startTls(required: boolean): void {
    this.#tlsDone = true;
    if (!this.session.capabilities.has('STARTTLS')) {
      this.#giveUp(
        'unavailable',
        new SmtpError('tls', 'starttls', 'Use another server: this one has no STARTTLS'),
      );
      return;
    }
    const started = () => this.#hello('started');
    startTls(this, started, (reply, trigger) => {
      if (required) this.#giveUp(trigger, refusal('starttls', 'STARTTLS', reply, {}, 'tls'));
      else this.#next(trigger);
    });
  }

  /** Resets the session to its greeting, seen from another client. */
  #xclient(attributes: Readonly<Record<string, string>>): void {
    this.#xclientDone = true;
    const offered = this.session.capabilities.get('XCLIENT')?.map(name => name.toUpperCase());
    const words = ['XCLIENT'];
    for (const [name, value] of Object.entries(attributes)) {
      words.push(`${name.toUpperCase()}=${encodeXtext(value)}`);
      if (offered?.includes(name.toUpperCase())) continue;
      this.#giveUp('any', new SmtpError('unsupported', 'command', 'Leave out XCLIENT', { ext: 'XCLIENT' }));
      return;
    }
    const line = words.join(' ');
    this.ask('command', line, (reply, trigger) => {
      if (reply.code >= 300) this.#refused(trigger, line, reply);
      else this.#hello(trigger);
    });
  }

  #authenticate(mechanisms: readonly SaslMechanism[]): void {
    const usable = usableMechanisms(mechanisms, this.session);
    if (usable instanceof SmtpError) {
      this.#giveUp('unavailable', usable);
      return;
    }
    const attempt = (i: number) =>
      authenticate(this, usable[i]!, ({ trigger, error, another, impostor }) => {
        if (error === undefined) {
          this.#ready(trigger, true);
        } else if (another && i + 1 < usable.length) {
          this.move(trigger, 'auth');
          attempt(i + 1);
        } else this.#giveUp(trigger, error, !impostor);
      });
    attempt(0);
  }

  #ready(trigger: Trigger, authenticated = false): void {
    const { session } = this;
    const { capabilities, secure, active, events } = session;
    this.move(trigger, 'idle');
    active.shift();
    session.ready = true;
    events.push({ type: 'ready', capabilities, secure, authenticated });
  }

  #refused(trigger: Trigger, command: string, reply: Reply): void {
    this.#giveUp(trigger, refusal(this.at as 'hello', command, reply));
  }

  /** Gives the session up, with a QUIT that nobody waits for. */
  #giveUp(trigger: Trigger, error: SmtpError, bye = true): void {
    this.move(trigger, 'closed');
    this.session.die(error, bye);
  }
}
