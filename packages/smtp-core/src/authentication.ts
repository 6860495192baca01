import { decodeBase64, encodeBase64 } from './base64.ts';
import { SmtpError, type SmtpErrorFields } from './error.ts';
import { MAX_AUTH_LINE_OCTETS, MAX_SASL_ROUNDS } from './limit.ts';
import type { Operation } from './operation.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import type { Session } from './session.ts';
import type { Trigger } from './state.ts';

/** How an exchange ended: what it failed with, the reply's trigger, and what that says about the server. */
export interface AuthenticationOutcome {
  readonly trigger: Trigger;
  readonly error?: SmtpError;
  /** The mechanism was refused, not the credentials: another may be tried (RFC 4954 §4). */
  readonly another?: boolean;
  /** The server did not prove itself: not another octet to it. */
  readonly impostor?: boolean;
}

/** Answers to the AUTH command itself that speak of the mechanism and not of the credentials. */
const MECHANISM_REFUSED: readonly number[] = [500, 501, 502, 504, 534, 538];

/** One SASL exchange (RFC 4954 §4). The mechanism answers through the driver, which may await it. */
export class Authentication {
  readonly #op: Operation;
  readonly #session: Session;
  readonly #mechanism: SaslMechanism;
  readonly #settle: (outcome: AuthenticationOutcome) => void;
  /** An initial response too long for the AUTH line. */
  #held: string | undefined;
  #rounds = 0;
  #challenged = false;
  #cancelled = false;

  constructor(
    op: Operation,
    session: Session,
    mechanism: SaslMechanism,
    settle: (outcome: AuthenticationOutcome) => void,
  ) {
    this.#op = op;
    this.#session = session;
    this.#mechanism = mechanism;
    this.#settle = settle;
  }

  start(): void {
    if (this.#mechanism.clientFirst)
      this.#respond(null, response => this.#begin(encodeBase64(response) || '='));
    else this.#begin();
  }

  #begin(response?: string): void {
    const line = `AUTH ${this.#mechanism.name}`;
    if (response === undefined) return this.#ask(line, line);
    if (line.length + response.length + 3 <= MAX_AUTH_LINE_OCTETS)
      return this.#ask(`${line} ${response}`, `${line} ***`);
    this.#held = response;
    this.#ask(line, line);
  }

  #ask(line: string, redacted: string): void {
    this.#op.ask('auth', line, (reply, trigger) => this.#answer(reply, trigger, redacted), redacted);
  }

  #respond(challenge: Uint8Array | null, then: (response: Uint8Array) => void): void {
    this.#session.request = {
      type: 'auth',
      mechanism: this.#mechanism,
      challenge,
      respond: then,
      abort: () => {
        if (challenge !== null) return this.#cancel();
        this.#settle({
          trigger: 'cancelled',
          error: this.#error('Check the mechanism: it gave no initial response'),
        });
      },
    };
  }

  #error(message: string, fields?: SmtpErrorFields): SmtpError {
    return new SmtpError('auth', 'auth', message, { reason: 'cancelled', ...fields });
  }

  #cancel(): void {
    this.#cancelled = true;
    this.#ask('*', '*');
  }

  #answer(reply: Reply, trigger: Trigger, command: string): void {
    const mechanism = this.#mechanism;
    const proven = mechanism.verified?.() ?? true;
    if (this.#cancelled) {
      const error = this.#error('Check the mechanism: the exchange was cancelled', { reply, command });
      // With the second challenge of SCRAM the server proves that it knows the password (RFC 5802 §5).
      this.#settle({ trigger: 'cancelled', error, impostor: this.#rounds > 1 && !proven });
    } else if (trigger === '334') {
      this.#challenge(reply);
    } else if (trigger !== '235') {
      const detail = mechanism.errorDetail?.();
      const error = refusal('auth', command, reply, { detail }, 'auth');
      this.#settle({ trigger, error, another: !this.#challenged && MECHANISM_REFUSED.includes(reply.code) });
    } else if (proven) {
      this.#session.authenticated = true;
      this.#settle({ trigger });
    } else {
      const error = this.#error('Distrust this server: it did not prove that it knows the password', {
        reply,
        command,
        reason: 'server-signature',
      });
      this.#settle({ trigger, error, impostor: true });
    }
  }

  #challenge(reply: Reply): void {
    this.#challenged = true;
    if (this.#held !== undefined) {
      const response = this.#held;
      this.#held = undefined;
      return this.#ask(response, '***');
    }
    const text = reply.lines.join('');
    const challenge =
      decodeBase64(text) ?? (this.#mechanism.lenientChallenge ? new TextEncoder().encode(text) : undefined);
    if (++this.#rounds > MAX_SASL_ROUNDS || challenge === undefined) return this.#cancel();
    this.#respond(challenge, response => this.#ask(encodeBase64(response), '***'));
  }
}
