import { decodeBase64, encodeBase64 } from './base64.ts';
import { SmtpError, type SmtpErrorFields } from './error.ts';
import { MAX_AUTH_LINE_OCTETS, MAX_SASL_ROUNDS } from './limit.ts';
import type { Operation } from './operation.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import type { Session } from './session.ts';
import type { Trigger } from './state.ts';

/** How an exchange ended. */
export type AuthenticationOutcome =
  | { readonly trigger: Trigger; readonly reply: Reply; readonly error?: undefined }
  | {
      readonly trigger: Trigger;
      readonly error: SmtpError;
      /** The mechanism was refused, not the credentials: another may be tried (RFC 4954 §4). */
      readonly another?: boolean;
      /** The server did not prove itself: not another octet to it. */
      readonly impostor?: boolean;
    };

/** Answers to the AUTH command itself that speak of the mechanism and not of the credentials. */
const MECHANISM_REFUSED: readonly number[] = [500, 501, 502, 504, 534, 538];

/**
 * Picks the mechanisms that the server offers and that may be used on this connection, in the caller's order.
 *
 * @throws SmtpError `auth` When none is left.
 */
export function usableMechanisms(
  mechanisms: readonly SaslMechanism[],
  { capabilities, secure, options }: Session,
): readonly SaslMechanism[] {
  const offered = mechanisms.filter(({ name }) => capabilities.get('AUTH')?.includes(name));
  const usable = offered.filter(({ cleartext }) => secure || !cleartext || options.allowInsecureAuth);
  if (usable.length > 0) return usable;
  const [reason, advice] =
    offered.length > 0
      ? ([
          'cleartext-refused',
          'Use TLS, or allowInsecureAuth: the secret would be sent in the clear',
        ] as const)
      : (['auth-unavailable', 'Configure a mechanism that the server offers'] as const);
  throw new SmtpError('auth', 'auth', advice, { reason });
}

/** One SASL exchange (RFC 4954 §4). The mechanism answers through the driver, which may await it. */
export class Authentication {
  readonly #op: Operation;
  readonly #session: Session;
  readonly #mechanism: SaslMechanism;
  readonly #settle: (outcome: AuthenticationOutcome) => void;
  /** An initial response too long for the AUTH line. */
  #held: string | undefined;
  #challenged = false;
  #cancelled = false;
  #rounds = 0;

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
    const whole = `${line} ${response}`;
    if (response !== undefined && whole.length + 2 <= MAX_AUTH_LINE_OCTETS) {
      this.#ask(whole, `${line} ***`);
    } else {
      this.#held = response;
      this.#ask(line, line);
    }
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
        if (challenge === null) this.#fail('Check the mechanism: it gave no initial response', {});
        else this.#cancel();
      },
    };
  }

  #cancel(): void {
    this.#cancelled = true;
    this.#ask('*', '*');
  }

  #fail(advice: string, fields: SmtpErrorFields, trigger: Trigger = 'cancelled', impostor = false): void {
    const error = new SmtpError('auth', 'auth', advice, { reason: 'cancelled', ...fields });
    this.#settle({ trigger, error, impostor });
  }

  #answer(reply: Reply, trigger: Trigger, command: string): void {
    const mechanism = this.#mechanism;
    const proven = mechanism.verified?.() ?? true;
    if (this.#cancelled) {
      // With the second challenge of SCRAM the server proves that it knows the password (RFC 5802 §5).
      const impostor = this.#rounds > 1 && !proven;
      this.#fail(
        'Check the mechanism: the exchange was cancelled',
        { reply, command },
        'cancelled',
        impostor,
      );
    } else if (trigger === '334') {
      this.#op.move(trigger, 'auth');
      this.#challenge(reply);
    } else if (trigger !== '235') {
      const error = refusal('auth', command, reply, { detail: mechanism.errorDetail?.() }, 'auth');
      const another = !this.#challenged && MECHANISM_REFUSED.includes(reply.code);
      this.#settle({ trigger, error, another });
    } else if (proven) {
      this.#session.authenticated = true;
      this.#settle({ trigger, reply });
    } else {
      const advice = 'Distrust this server: it did not prove that it knows the password';
      this.#fail(advice, { reply, command, reason: 'server-signature' }, trigger, true);
    }
  }

  #challenge(reply: Reply): void {
    this.#challenged = true;
    if (this.#held !== undefined) {
      this.#ask(this.#held, '***');
      this.#held = undefined;
      return;
    }
    const text = reply.lines.join('');
    const lenient = this.#mechanism.lenientChallenge ? new TextEncoder().encode(text) : undefined;
    const challenge = decodeBase64(text) ?? lenient;
    if (++this.#rounds > MAX_SASL_ROUNDS || challenge === undefined) this.#cancel();
    else this.#respond(challenge, response => this.#ask(encodeBase64(response), '***'));
  }
}
