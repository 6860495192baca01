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
export interface AuthenticationOutcome {
  readonly trigger: Trigger;
  /** The reply that ended it; a mechanism that does not even begin leaves none. */
  readonly reply: Reply | undefined;
  /** Absent when the server took the credentials. */
  readonly error?: SmtpError;
  /** The mechanism was refused, not the credentials: another may be tried (RFC 4954 §4). */
  readonly another?: boolean;
  /** The server did not prove itself: not another octet to it. */
  readonly impostor?: boolean;
}

/** Answers to the AUTH command itself that speak of the mechanism and not of the credentials. */
const MECHANISM_REFUSED: readonly number[] = [500, 501, 502, 504, 534, 538];

/**
 * Picks the mechanisms that the server offers and that may be used on this connection, in the caller's order; the
 * error says why none is left.
 */
export function usableMechanisms(
  mechanisms: readonly SaslMechanism[],
  { capabilities, secure, options }: Session,
): readonly SaslMechanism[] | SmtpError {
  const offered = mechanisms.filter(({ name }) => capabilities.get('AUTH')?.includes(name));
  const usable = offered.filter(({ cleartext }) => secure || !cleartext || options.allowInsecureAuth);
  if (usable.length > 0) return usable;
  const reason = offered.length > 0 ? 'cleartext-refused' : 'auth-unavailable';
  return new SmtpError('auth', 'auth', 'Use TLS, and a mechanism that the server offers', { reason });
}

/** One SASL exchange (RFC 4954 §4). The mechanism answers through the driver, which may await it. */
export function authenticate(
  op: Operation,
  mechanism: SaslMechanism,
  settle: (outcome: AuthenticationOutcome) => void,
): void {
  const { session } = op;
  const command = `AUTH ${mechanism.name}`;
  /** An initial response too long for the AUTH line. */
  let held: string | undefined;
  let cancelled = false;
  let challenged = false;
  let rounds = 0;

  const ask = (line: string, redacted = line) => op.ask('auth', line, answer, redacted);
  const consult = (challenge: Uint8Array | null, then: (response: string) => void) => {
    session.request = {
      type: 'auth',
      mechanism,
      challenge,
      answer: response => {
        if (response !== undefined) then(encodeBase64(response));
        else if (challenge === null) fail(undefined, 'cancelled');
        else cancel();
      },
    };
  };
  const cancel = () => {
    cancelled = true;
    ask('*');
  };
  const fail = (reply: Reply | undefined, trigger: Trigger, impostor = false, fields?: SmtpErrorFields) => {
    const all = { reply, command, reason: 'cancelled', ...fields } as const;
    settle({
      trigger,
      reply,
      impostor,
      error: new SmtpError('auth', 'auth', 'Check the mechanism and the server', all),
    });
  };
  const answer = (reply: Reply, trigger: Trigger) => {
    const proven = mechanism.verified?.() ?? true;
    // With the second challenge of SCRAM the server proves that it knows the password (RFC 5802 §5).
    if (cancelled) fail(reply, 'cancelled', rounds > 1 && !proven);
    else if (trigger === '334') challenge(reply);
    else if (trigger !== '235') {
      const error = refusal('auth', command, reply, { detail: mechanism.errorDetail?.() }, 'auth');
      settle({ trigger, reply, error, another: !challenged && MECHANISM_REFUSED.includes(reply.code) });
    } else if (proven) settle({ trigger, reply });
    else fail(reply, trigger, true, { reason: 'server-signature' });
  };
  const challenge = ({ lines }: Reply) => {
    op.move('334', 'auth');
    challenged = true;
    const text = lines.join('');
    const octets = decodeBase64(text) ?? (mechanism.lenientChallenge && new TextEncoder().encode(text));
    if (held !== undefined) ask(held, '***');
    else if (octets && ++rounds <= MAX_SASL_ROUNDS) consult(octets, response => ask(response, '***'));
    else cancel();
    held = undefined;
  };

  const begin = (response: string) => {
    const line = `${command} ${response || '='}`;
    if (line.length + 2 <= MAX_AUTH_LINE_OCTETS) return ask(line, `${command} ***`);
    held = response;
    ask(command);
  };
  if (mechanism.clientFirst) consult(null, begin);
  else ask(command);
}
