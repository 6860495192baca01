import { DeliveryError, type DeliveryErrorCode, MailerError } from './error.ts';
import { isConnectError, isSmtpError } from './known-error.ts';
import { quoted } from './quoted.ts';
import type { Receipt } from './receipt.ts';

const outcomes: Readonly<Record<DeliveryErrorCode, string>> = {
  rejected: 'The server refused the message',
  unknown: 'The message left whole and no answer came',
  'not-sent': 'The message was not sent',
};

/** Characters of a reply that an error message repeats: servers explain themselves at length. */
const maxReplyLength = 400;

/**
 * The error that `send` throws for a receipt that serves nobody for sure: what happened, then what to do.
 *
 * @param known what to do about the receipt's error, where that is known
 */
export function deliveryErrorOf(receipt: Receipt, known: string | undefined): DeliveryError {
  const code = receipt.state as DeliveryErrorCode;
  const { fact, step } = accountOf(receipt.error);
  const advice = code === 'unknown' ? whomToAsk(receipt) : known;
  const happened = fact === '' ? outcomes[code] : `${outcomes[code]}: ${fact}`;
  const next = advice ?? step;
  return new DeliveryError(code, next === undefined ? happened : `${happened}. ${capitalised(next)}`, {
    receipt,
    cause: receipt.error,
    ...(advice !== undefined && { advice }),
  });
}

function whomToAsk({ transaction }: Receipt): string {
  return `ask the ${transaction === undefined ? 'recipient' : 'relay'} before sending again`;
}

/** What happened, and what to do about it. */
interface Account {
  readonly fact: string;
  readonly step?: string;
}

/** What an error tells, and what it says should be done: a session's own say that first, or nothing else. */
function accountOf(error: unknown): Account {
  if (isConnectError(error)) return { fact: error.message.slice(error.advice.length + ': '.length) };
  const ended = isSmtpError(error) && error.kind === 'aborted' ? error.cause : undefined;
  const source = sourceFailure(ended ?? error);
  if (source !== undefined) return source;
  if (ended instanceof MailerError) return { fact: ended.message };
  if (!isSmtpError(error)) {
    return { fact: error instanceof Error ? error.message : error === undefined ? '' : String(error) };
  }
  const { reply, message } = error;
  if (reply) return { fact: `${reply.code} ${quoted(reply.lines.join(' '), maxReplyLength)}` };
  if (ended instanceof Error) {
    return {
      fact: `it ended with ${quoted(ended.message, maxReplyLength)}`,
      step: 'look at the source of the message, or at the signal',
    };
  }
  const colon = /^[^":]+(?=: )/.exec(message)?.[0].length ?? message.length;
  return { step: message.slice(0, colon), fact: message.slice(colon + ': '.length) };
}

/** How the content of a part failed: in the words of whatever gave it, for the part is named by its field. */
function sourceFailure(error: unknown): Account | undefined {
  const { name, code, field } = Object(error) as { name?: unknown; code?: unknown; field?: unknown };
  if (!(error instanceof Error) || name !== 'MimeError' || code !== 'invalid-content') return undefined;
  if (error.cause === undefined) return { fact: error.message };
  const said = error.cause instanceof Error ? error.cause.message : error.cause;
  const fact = `the source of ${field} failed with ${quoted(said, maxReplyLength)}`;
  return { fact, step: 'look at what gives its content' };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
