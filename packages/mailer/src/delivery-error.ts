import { DeliveryError, type DeliveryErrorCode } from './error.ts';
import { isSmtpError } from './known-error.ts';
import { quoted } from './quoted.ts';
import type { Receipt } from './receipt.ts';

const openings: Readonly<Record<DeliveryErrorCode, string>> = {
  rejected: 'Read the reply of the server, which refused the message',
  unknown: 'Ask the recipient before sending again: the message left whole and no answer came',
  'not-sent': 'Send it again once the cause is gone: the message was not sent',
};

const askTheRelay = 'Ask the relay before sending again: the message left whole and no answer came';

/** Characters of a reply that an error message repeats: servers explain themselves at length. */
const maxReplyLength = 400;

/** The error that `send` throws for a receipt that serves nobody for sure. */
export function deliveryErrorOf(receipt: Receipt, advice: string | undefined): DeliveryError {
  const code = receipt.state as DeliveryErrorCode;
  const opening = code === 'unknown' && receipt.transaction !== undefined ? askTheRelay : openings[code];
  const account = [causeText(receipt.error), advice].filter(Boolean).join('; ');
  return new DeliveryError(code, account === '' ? opening : `${opening}: ${account}`, {
    receipt,
    cause: receipt.error,
    ...(advice !== undefined && { advice }),
  });
}

function causeText(error: unknown): string {
  if (isSmtpError(error) && error.reply) {
    return `${error.reply.code} ${quoted(error.reply.lines.join(' '), maxReplyLength)}`;
  }
  if (error instanceof Error) return error.message;
  return error === undefined ? '' : String(error);
}
