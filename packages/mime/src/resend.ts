import { type ComposeOptions, compose } from './compose.ts';
import { ComposedMessage } from './composed-message.ts';
import type { Address, AddressList } from './message.ts';
import { encodeBody } from './transfer-encoding.ts';

/** Who sends a message on, and to whom. */
export interface Resending {
  readonly from: Address;
  readonly sender?: Address | undefined;
  readonly to?: AddressList | undefined;
  readonly cc?: AddressList | undefined;
  readonly bcc?: AddressList | undefined;
  readonly date?: Date | undefined;
  readonly messageId?: string | undefined;
}

/** Fields of the new sender, and what they are called before a message that is sent on. */
const resentFields = /^(From|Sender|To|Cc|Date|Message-ID):/gm;

/**
 * Sends a message on unchanged, with Resent fields before it (RFC 5322 §3.6.6).
 *
 * @param original the message as it was received or composed; its line ends become CR LF.
 * @throws MimeError, as `compose` does
 * @example
 * ```ts
 * import { resend } from '@posthaste/mime';
 *
 * const received = new TextEncoder().encode('From: bob@example.net\r\nSubject: Lunch\r\n\r\nNoon?\r\n');
 * resend(received, { from: 'ann@example.org', to: 'eve@example.com' }).envelope; // from Ann to Eve
 * ```
 */
export function resend(
  original: Uint8Array | ComposedMessage,
  resending: Resending,
  options?: ComposeOptions,
): ComposedMessage {
  const { envelope, messageId, pieces } = compose(resending, options);
  // Without SMTPUTF8 the header is ASCII, the first piece and a string.
  const header = pieces[0] as string;
  const text = header.slice(0, header.indexOf('MIME-Version:')).replace(resentFields, 'Resent-$1:');
  const body = encodeBody(
    { type: 'message/rfc822', parameters: [], content: original, fields: () => '' },
    'original',
  );
  const needs = body.domain === '7bit' ? envelope : { ...envelope, body: body.domain };
  return new ComposedMessage(needs, messageId, [text, ...body.pieces], body.height);
}
