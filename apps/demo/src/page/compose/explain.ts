import { DeliveryError, type Receipt } from '@posthaste/mailer';
import { SmtpError } from '@posthaste/smtp-core';
import type { Outcome } from './outcome.tsx';
import { formatReply } from './recipient-table.tsx';
import { TokenError } from './token.ts';
import { UnreadableFileError } from './unreadable-file.ts';

const EVERYONE: Readonly<Record<number, string>> = { 1: 'its recipient', 2: 'both recipients' };

/** What a receipt means, for the person who pressed Send. */
export function explainReceipt(receipt: Receipt): Outcome {
  const accepted = receipt.recipients.filter(recipient => recipient.state === 'accepted').length;
  const all = receipt.recipients.length;
  if (receipt.state === 'partial') {
    return {
      state: 'partial',
      message: `The mail server took the message for ${accepted} of ${all} recipients.`,
      advice: 'Correct the addresses that were refused and send to those alone.',
      receipt,
    };
  }
  return {
    state: 'accepted',
    message: `The mail server took the message for ${EVERYONE[all] ?? `all ${all} recipients`} and answers for it from here.`,
    receipt,
  };
}

/** What an error means: what happened, in which phase, the server's own words, what to do. */
export function explainError(error: unknown, cancelled: boolean): Outcome {
  const receipt = error instanceof DeliveryError ? error.receipt : undefined;
  const smtp = causeOf(error, SmtpError);
  const detail = {
    ...(receipt && { receipt }),
    ...(smtp && { phase: smtp.phase }),
    ...(smtp?.reply && { reply: formatReply(smtp.reply) }),
  };
  if (receipt?.state === 'unknown') {
    return {
      ...detail,
      state: 'unknown',
      message: 'Everything was sent but no answer came. It may have been delivered.',
      advice: 'Look for it before you send it again: the same message may arrive twice.',
    };
  }
  if (cancelled) {
    return {
      ...detail,
      state: 'not-sent',
      message: 'You cancelled before the message was complete. Nobody has it.',
    };
  }
  const known = causeOf(error, TokenError) ?? causeOf(error, UnreadableFileError);
  if (known) return { ...detail, state: 'not-sent', message: known.message };
  if (receipt?.state === 'rejected') {
    return {
      ...detail,
      state: 'rejected',
      message: 'The mail server refused the message. Nobody has it.',
      advice: adviceOf(error) ?? 'Read its reply, correct the message, and send it again.',
    };
  }
  const advice = adviceOf(error);
  return {
    ...detail,
    state: 'not-sent',
    message: rootMessage(error),
    ...(advice !== undefined && { advice }),
  };
}

function adviceOf(error: unknown): string | undefined {
  return error instanceof DeliveryError ? error.advice : undefined;
}

/** The nearest cause of that class. */
function causeOf<T extends Error>(error: unknown, type: abstract new (...args: never[]) => T): T | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof type) return at;
  return undefined;
}

/** The message of the innermost error, which says most about what happened. */
function rootMessage(error: unknown): string {
  let message = String(error);
  for (let at = error; at instanceof Error; at = at.cause) if (at.message !== '') message = at.message;
  return message;
}
