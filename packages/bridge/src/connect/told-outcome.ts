import { parseEnhancedStatus } from '@posthaste/smtp-core';
import type { RelayControl } from '../relay/protocol.ts';
import type { TransactionOutcome } from '../transaction.ts';

/** What a relay tells of a transaction. The reply was sent as it stood in the mail server's answer, its lines in one. */
export function outcomeOf({
  state,
  reply = '',
}: Extract<RelayControl, { t: 'outcome' }>): TransactionOutcome {
  const [, digits, text = ''] = /^(\d{3}) (.*)$/s.exec(reply) ?? [];
  if (digits === undefined) return { state };
  const code = Number(digits);
  const enhanced = parseEnhancedStatus(code, text);
  return { state, reply: { code, ...(enhanced && { enhanced }), lines: [text] } };
}
