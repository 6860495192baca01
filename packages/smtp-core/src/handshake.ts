import { Authentication } from './authentication.ts';
import { SmtpError } from './error.ts';
import { parseEhlo } from './extension.ts';
import { Operation } from './operation.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
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
      if (trigger !== '220') return this.#refuse(trigger, '', reply);
      if (options.manual) return this.#ready(trigger);
      this.move(trigger, 'hello');
      this.#hello();
    });
    if (options.proxy) pipeline.octets(options.proxy, entry);
    else pipeline.expect(entry);
  }

  #hello(
    verb: string = this.session.options.lmtp ? 'LHLO' : this.session.options.heloOnly ? 'HELO' : 'EHLO',
  ): void {
    const line = `${verb} ${this.session.options.clientName}`;
    this.ask('hello', line, (reply, trigger) => {
      if (trigger === '2yz') {
        this.session.capabilities = verb === 'HELO' ? new Map() : parseEhlo(reply.lines);
        this.#next(trigger);
      } else if (verb === 'EHLO' && EHLO_UNKNOWN.includes(reply.code)) {
        this.move(trigger, 'hello');
        this.#hello('HELO');
      } else this.#refuse(trigger, line, reply);
    });
  }

  /** What the extensions and the options call for: TLS, XCLIENT, AUTH, or nothing more. */
  #next(trigger: Trigger): void {
    const { options, capabilities, secure } = this.session;
    const required = options.tls === 'starttls';
    if (!secure && !this.#tlsDone && (required || options.tls === 'opportunistic')) {
      if (capabilities.has('STARTTLS')) {
        this.move(trigger, 'starttls');
        return this.#startTls();
      }
      if (required) {
        this.move(trigger, 'starttls');
        this.move('not to be had', 'closed');
        const advice = 'Use another port or server: this one does not offer STARTTLS';
        return this.session.die(new SmtpError('tls', 'starttls', advice), true);
      }
    }
    if (options.xclient && !this.#xclientDone) return this.#xclient(trigger, options.xclient);
    if (options.auth?.length) {
      this.move(trigger, 'auth');
      return this.#authenticate(options.auth);
    }
    this.#ready(trigger);
  }

  #startTls(): void {
    const { session } = this;
    this.#tlsDone = true;
    this.ask('starttls', 'STARTTLS', (reply, trigger) => {
      session.deferred = () => {
        if (trigger === '220') {
          this.move(trigger, 'tls');
          session.request = {
            type: 'starttls',
            started: () => {
              this.move('tls started', 'hello');
              this.#hello();
            },
            failed: cause => {
              this.move('tls failed', 'closed');
              const advice = 'Check the certificate and the protocol versions: the TLS handshake failed';
              session.die(new SmtpError('tls', 'tls', advice, { reason: 'handshake', cause }));
            },
          };
        } else if (session.options.tls === 'starttls') {
          this.move(trigger, 'closed');
          session.die(refusal('starttls', 'STARTTLS', reply, {}, 'tls'), true);
        } else this.#next(trigger);
      };
    });
  }

  /** Resets the session to its greeting, seen from another client. */
  #xclient(trigger: Trigger, attributes: Readonly<Record<string, string>>): void {
    const { capabilities } = this.session;
    this.#xclientDone = true;
    this.move(trigger, 'command');
    const offered = capabilities.get('XCLIENT')?.map(name => name.toUpperCase());
    const words = Object.entries(attributes).map(([name, value]) => [name.toUpperCase(), encodeXtext(value)]);
    if (!words.every(([name]) => offered?.includes(name!))) {
      const advice = 'Leave out XCLIENT, or attributes of it, that the server does not offer';
      return this.session.die(new SmtpError('unsupported', 'command', advice, { ext: 'XCLIENT' }), true);
    }
    const line = `XCLIENT ${words.map(pair => pair.join('=')).join(' ')}`;
    this.ask('command', line, reply => {
      if (reply.code >= 300) return this.#refuse('any', line, reply);
      this.move('any', 'hello');
      this.session.capabilities = new Map();
      this.#hello();
    });
  }

  #authenticate(mechanisms: readonly SaslMechanism[]): void {
    const { session } = this;
    const { capabilities, secure, options } = session;
    const offered = mechanisms.filter(({ name }) => capabilities.get('AUTH')?.includes(name));
    const usable = offered.filter(({ cleartext }) => secure || !cleartext || options.allowInsecureAuth);
    const attempt = ([mechanism, ...others]: readonly SaslMechanism[]): void => {
      if (mechanism === undefined) return;
      new Authentication(this, session, mechanism, ({ trigger, error, another, impostor }) => {
        if (error === undefined) return this.#ready(trigger);
        if (another && others.length > 0) {
          this.move(trigger, 'auth');
          return attempt(others);
        }
        this.move(trigger, 'closed');
        session.die(error, !impostor);
      }).start();
    };
    if (usable.length > 0) return attempt(usable);
    this.move('not to be had', 'closed');
    const reason = offered.length > 0 ? 'cleartext-refused' : 'auth-unavailable';
    const advice =
      offered.length > 0 ? 'Use TLS, or allowInsecureAuth' : 'Configure a mechanism that the server offers';
    session.die(new SmtpError('auth', 'auth', advice, { reason }), true);
  }

  #ready(trigger: Trigger): void {
    const { session } = this;
    const { capabilities, secure, authenticated } = session;
    this.move(trigger, 'idle');
    session.active.splice(0);
    session.ready = true;
    session.events.push({ type: 'ready', capabilities, secure, authenticated });
  }

  #refuse(trigger: Trigger, command: string, reply: Reply): void {
    const error = refusal(this.session.phase, command, reply);
    this.move(trigger, 'closed');
    this.session.die(error, true);
  }
}
