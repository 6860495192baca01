import { createMailer, type Receipt } from '@posthaste/mailer';
import { explainAnswer, unanswered } from './answer.ts';
import type { Outcome } from './outcome.tsx';
import { fetchToken } from './token.ts';

/** Asks the relay what became of a message; it never throws, and an answer that tells nothing is told as such. */
export async function ask(
  receipt: Receipt,
  { relayUrl, upstream }: { readonly relayUrl: string; readonly upstream: string },
): Promise<Outcome> {
  try {
    await using mailer = createMailer({
      relay: { url: relayUrl, token: signal => fetchToken(receipt.envelope.from, signal) },
    });
    return explainAnswer(await mailer.ask(receipt));
  } catch (error) {
    return unanswered(receipt, error, upstream);
  }
}
