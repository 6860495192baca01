import { RelayError } from '@posthaste/bridge/websocket';
import type { Receipt } from '@posthaste/mailer';
import { causeOf } from './cause.ts';
import { explainReceipt, explainUnknown } from './explain.ts';
import type { Outcome } from './outcome.tsx';
import { formatReply } from './recipient-table.tsx';
import { TokenError } from './token.ts';

/** What the relay may say that leaves the outcome unknown. */
const OPEN_ANSWERS: Readonly<Record<string, string>> = {
  pending: 'The mail server has not answered it yet. Ask again in a moment.',
  unknown: 'It lost the mail server before the answer came, and knows no more than this page.',
  new: 'It has no record of this message: it did not get all of it, or has forgotten it. It remembers for ten minutes.',
};

/** What the relay's answer means, for the person who asked. */
export function explainAnswer(receipt: Receipt): Outcome {
  if (receipt.state === 'unknown') return unknownAfter(receipt, OPEN_ANSWERS[receipt.outcome ?? 'unknown']!);
  if (receipt.state !== 'rejected') {
    const outcome = explainReceipt(receipt);
    return { ...outcome, message: `The relay had kept the answer. ${outcome.message}` };
  }
  return {
    state: 'rejected',
    message: 'The relay had kept the answer. The mail server refused the message. Nobody has it.',
    advice: 'Read its reply, correct the message, and send it again.',
    ...(receipt.reply && { phase: 'Dot', reply: formatReply(receipt.reply) }),
    receipt,
  };
}

/** Why the relay gave no answer. */
export function unanswered(receipt: Receipt, error: unknown, upstream: string): Outcome {
  const token = causeOf(error, TokenError);
  if (token) return unknownAfter(receipt, `${token.message}. ${token.advice}`);
  const relay = causeOf(error, RelayError);
  if (relay === undefined) {
    return unknownAfter(
      receipt,
      'It could not be reached. Check that the demo is still running, then ask again.',
    );
  }
  if (relay.code === 'E_UPSTREAM') {
    return unknownAfter(
      receipt,
      `It answers only while it reaches the mail server, and ${upstream} is down. Ask again later.`,
    );
  }
  return unknownAfter(receipt, `${relay.message}.`);
}

function unknownAfter(receipt: Receipt, text: string): Outcome {
  return { ...explainUnknown(receipt), answer: { text, at: new Date() } };
}
