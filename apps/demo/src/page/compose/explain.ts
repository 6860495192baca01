import { DeliveryError, type Receipt } from '@posthaste/mailer';
import { type Phase, SmtpError } from '@posthaste/smtp-core';
import { causeOf } from './cause.ts';
import { whyNotSent } from './not-sent.ts';
import type { Outcome } from './outcome.tsx';
import { formatReply } from './recipient-table.tsx';
import { worthAsking } from './worth-asking.ts';

const EVERYONE: Readonly<Record<number, string>> = { 1: 'its recipient', 2: 'both recipients' };

/** Phases by the names that the transcript gives them. */
const PHASES: Readonly<Partial<Record<Phase, string>>> = {
  greeting: 'Greeting',
  hello: 'EHLO',
  starttls: 'TLS',
  tls: 'TLS',
  auth: 'AUTH',
  mail: 'MAIL',
  rcpt: 'RCPT',
  data: 'DATA',
  body: 'DATA',
  final: 'Dot',
};

/** What a receipt means, for the person who pressed Send. */
export function explainReceipt(receipt: Receipt): Outcome {
  const accepted = receipt.recipients.filter(recipient => recipient.state === 'accepted').length;
  const all = receipt.recipients.length;
  if (receipt.state === 'partial') {
    const later = receipt.recipients.every(({ state, retry }) => state === 'accepted' || retry);
    return {
      state: 'partial',
      message: `The mail server took the message for ${accepted} of ${all} recipients.`,
      advice: later
        ? 'Send to those that were refused for now alone, a little later.'
        : 'Correct the addresses that were refused and send to those alone.',
      receipt,
    };
  }
  return {
    state: 'accepted',
    message: `The mail server took the message for ${EVERYONE[all] ?? `all ${all} recipients`} and answers for it from here.`,
    receipt,
  };
}

/** What it means that nobody answered. */
export function explainUnknown(receipt: Receipt): Outcome {
  return {
    state: 'unknown',
    message: 'Everything was sent but no answer came. It may have been delivered.',
    advice: worthAsking(receipt)
      ? 'Ask the relay before you send it again: the same message may arrive twice.'
      : 'Look for it where it was to arrive before you send it again: the same message may arrive twice.',
    receipt,
  };
}

/** What an error means: what happened, in which phase, the server's own words, what to do. */
export function explainError(
  error: unknown,
  { cancelled, upstream }: { cancelled: boolean; upstream: string },
): Outcome {
  const receipt = error instanceof DeliveryError ? error.receipt : undefined;
  const smtp = causeOf(error, SmtpError);
  const phase = smtp && PHASES[smtp.phase];
  const detail = {
    ...(receipt && { receipt }),
    ...(phase !== undefined && { phase }),
    ...(smtp?.reply && { reply: formatReply(smtp.reply) }),
  };
  if (receipt?.state === 'unknown') return { ...detail, ...explainUnknown(receipt) };
  if (cancelled) {
    return {
      ...detail,
      state: 'not-sent',
      message: 'You cancelled before the message was complete. Nobody has it.',
    };
  }
  if (receipt?.state === 'rejected') {
    return {
      ...detail,
      state: 'rejected',
      message: 'The mail server refused the message. Nobody has it.',
      advice: adviceOf(error) ?? 'Read its reply, correct the message, and send it again.',
    };
  }
  return { ...detail, state: 'not-sent', ...whyNotSent(error, upstream, adviceOf(error)) };
}

function adviceOf(error: unknown): string | undefined {
  return error instanceof DeliveryError ? error.advice : undefined;
}
