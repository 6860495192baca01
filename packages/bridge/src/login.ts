import { type CommandResult, type SaslMechanism, SmtpError } from '@posthaste/smtp-core';
import type { Connection } from './connection.ts';
import type { VerbOptions } from './verb-options.ts';

/** Replies to AUTH that turn down the mechanism and not the credentials (RFC 4954 §4, §6). */
const mechanismRefused: readonly number[] = [500, 501, 502, 504, 534, 538];

/** Signs in with the first of the mechanisms that the server offers and does not turn down as such. */
export async function login(
  connection: Connection,
  mechanisms: readonly SaslMechanism[],
  options?: VerbOptions,
): Promise<CommandResult> {
  const offered = connection.capabilities.get('AUTH') ?? [];
  let failure: unknown;
  for (const mechanism of mechanisms.filter(({ name }) => offered.includes(name))) {
    try {
      return await connection.authenticate(mechanism, options);
    } catch (error) {
      if (!isMechanismRefused(error)) throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  throw new SmtpError('auth', 'auth', 'Configure a mechanism that the server offers', {
    reason: 'auth-unavailable',
  });
}

function isMechanismRefused(error: unknown): boolean {
  if (!(error instanceof SmtpError) || error.kind !== 'auth') return false;
  return error.reason === 'cleartext-refused' || mechanismRefused.includes(error.code ?? 0);
}
