import type { EnhancedStatus, Reply } from '@posthaste/smtp-core';
import type { Refusal } from '../serve-handler.ts';

function refusal(code: number, enhanced: EnhancedStatus, text: string): Refusal {
  return { code, enhanced, text };
}

/** Why the gateway refuses something without asking the mail server, or because it cannot ask any more. */
type GatewayRefusal =
  | 'helloRefused'
  | 'verifyRefused'
  | 'transactionKnown'
  | 'senderRefused'
  | 'recipientsSpent'
  | 'notForwardable'
  | 'upstreamLost';

/** What the gateway answers by itself; everything else is the mail server's answer. */
export const gatewayRefusals: Readonly<Record<GatewayRefusal, Refusal>> = {
  helloRefused: refusal(502, '5.5.1', 'Say EHLO'),
  verifyRefused: refusal(502, '5.5.1', 'Command not implemented'),
  transactionKnown: refusal(503, '5.5.1', 'This transaction is known already: its outcome was told'),
  senderRefused: refusal(550, '5.7.1', 'The sender address may not be used here'),
  recipientsSpent: refusal(452, '4.5.3', 'The recipients of this token are used up'),
  notForwardable: refusal(501, '5.1.3', 'The address cannot be passed on'),
  upstreamLost: refusal(421, '4.4.2', 'The connection to the mail server is lost'),
};

/** A refusal as a reply to write down. */
export function replyOf({ code, enhanced, text }: Refusal): Reply {
  return enhanced === undefined
    ? { code, lines: text.split('\n') }
    : { code, enhanced, lines: text.split('\n') };
}

/** The mail server's answer as the browser gets it: the text of a yes, or the whole of a no. */
export function answerOf({ code, enhanced, lines }: Reply): Refusal | string {
  const text = lines.join('\n');
  if (code < 400) return text;
  return enhanced === undefined ? { code, text } : { code, text, enhanced };
}
