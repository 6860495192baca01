import { decodeBase64, encodeBase64 } from './base64.ts';
import { SmtpError } from './error.ts';
import { MAX_AUTH_LINE_OCTETS, MAX_SASL_ROUNDS } from './limit.ts';
import type { Operation, Story } from './operation.ts';
import type { Answer } from './pipeline.ts';
import { refusal } from './refusal.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';

/** Answers to the AUTH command itself that speak of the mechanism and not of the credentials. */
const MECHANISM_REFUSED: readonly number[] = [500, 501, 502, 504, 534, 538];

/**
 * Tries the mechanisms that the server offers and that may be used on this connection, in the caller's order,
 * until one is taken (RFC 4954 §4); its 235 is the outcome.
 */
export function* authenticate(op: Operation, mechanisms: readonly SaslMechanism[]): Story<Answer> {
  const { capabilities, secure, options } = op.session;
  const offered = mechanisms.filter(({ name }) => capabilities.get('AUTH')?.includes(name));
  let failure = new SmtpError('auth', 'auth', 'Use TLS, and a mechanism that the server offers', {
    reason: offered.length > 0 ? 'cleartext-refused' : 'auth-unavailable',
  });
  for (const mechanism of offered) {
    if (!(secure || !mechanism.cleartext || options.allowInsecureAuth)) continue;
    const { answer, challenged } = yield* exchange(op, mechanism);
    if (answer.trigger === '235') return answer;
    const detail = mechanism.errorDetail?.();
    failure = refusal(answer, 'auth', { detail, command: commandOf(mechanism) });
    if (challenged || !MECHANISM_REFUSED.includes(answer.reply.code)) break;
  }
  throw failure;
}

/** One SASL exchange. The mechanism answers through the driver, which may await it. */
function* exchange(
  op: Operation,
  mechanism: SaslMechanism,
): Story<{ readonly answer: Answer; readonly challenged: boolean }> {
  const { session } = op;
  const command = commandOf(mechanism);
  const isProven = () => mechanism.verified?.() ?? true;
  const failure = (reason: 'cancelled' | 'server-signature', answer?: Answer) =>
    new SmtpError('auth', 'auth', 'Check the mechanism and the server', {
      reply: answer?.reply,
      command,
      reason,
    });
  function* consult(challenge: Uint8Array | null): Story<string | undefined> {
    session.request = { type: 'auth', mechanism, challenge };
    yield;
    return session.response && encodeBase64(session.response);
  }

  let rounds = 0;
  let challenged = false;
  let response = '';
  let line = command;
  if (mechanism.clientFirst) {
    const initial = yield* consult(null);
    if (initial === undefined) throw failure('cancelled');
    line = `${command} ${initial || '='}`;
    // Too long for the line of the command, it waits for an empty challenge.
    if (line.length + 2 > MAX_AUTH_LINE_OCTETS) {
      response = initial;
      line = command;
    }
  }
  let answer = yield* op.ask('auth', line, line === command ? line : `${command} ***`);
  for (; answer.trigger === '334'; response = '') {
    challenged = true;
    let next: string | undefined = response;
    if (next === '') {
      const text = answer.reply.lines.join('');
      const octets = decodeBase64(text) ?? (mechanism.lenientChallenge && new TextEncoder().encode(text));
      next = octets && ++rounds <= MAX_SASL_ROUNDS ? yield* consult(octets) : undefined;
    }
    if (next === undefined) {
      answer = yield* op.ask('auth', '*');
      // With the second challenge of SCRAM the server proves that it knows the password (RFC 5802 §5).
      op.distrusting = rounds > 1 && !isProven();
      throw failure('cancelled', answer);
    }
    answer = yield* op.ask('auth', next, '***');
  }
  op.distrusting = answer.trigger === '235' && !isProven();
  if (op.distrusting) throw failure('server-signature', answer);
  return { answer, challenged };
}

function commandOf({ name }: SaslMechanism): string {
  return `AUTH ${name}`;
}
