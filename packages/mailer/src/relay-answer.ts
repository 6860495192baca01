import type { TransactionOutcome } from '@posthaste/bridge';
import { MailerError } from './error.ts';
import { quoted } from './quoted.ts';
import { overallState, queueIdOf, type Receipt, type RecipientReceipt } from './receipt.ts';

/** Why nobody can be asked about a message. */
export function noRelay(): MailerError {
  return new MailerError('unsupported', 'Ask about a message that went through a relay');
}

/** @throws MailerError `invalid-option` for what is no receipt */
export function checkReceipt(receipt: unknown): void {
  if (Array.isArray((Object(receipt) as Partial<Receipt>).recipients)) return;
  throw new MailerError(
    'invalid-option',
    `Pass ask the receipt of a message, such as error.receipt, not ${quoted(receipt)}`,
  );
}

/** The receipt with what the relay knows; nothing but the mail server's own decision changes what was unknown. */
export function withOutcome(receipt: Receipt, outcome: TransactionOutcome): Receipt {
  const { state, reply } = outcome;
  if (state !== 'accepted' && state !== 'rejected') return { ...receipt, outcome: state };
  const permanent = state === 'rejected' && !(reply !== undefined && reply.code < 500);
  const decided = {
    state,
    ...(reply && { reply }),
    ...(reply?.enhanced !== undefined && { enhanced: reply.enhanced }),
    permanent,
    retry: state === 'rejected' && !permanent,
  };
  const recipients = receipt.recipients.map(
    (recipient): RecipientReceipt =>
      recipient.state === 'unknown' ? { address: recipient.address, ...decided } : recipient,
  );
  // What ended the connection says nothing any more.
  const { error: _, ...rest } = receipt;
  const queueId = queueIdOf(outcome);
  return {
    ...rest,
    state: overallState(recipients),
    outcome: state,
    recipients,
    ...(reply && { reply }),
    ...(queueId !== undefined && { queueId }),
  };
}
