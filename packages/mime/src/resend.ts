import { type ComposeOptions, compose } from './compose.ts';
import { ComposedMessage, type Envelope } from './composed-message.ts';
import { octetsOf } from './content.ts';
import { refuse } from './error.ts';
import { lineOctets } from './limit.ts';
import { scanLines } from './line-scan.ts';
import type { Address, AddressList } from './message.ts';
import { encodeBody } from './transfer-encoding.ts';
import { utf8 } from './utf8.ts';

/** Who sends a message on, and to whom. */
export interface Resending {
  readonly from: Address;
  readonly sender?: Address | undefined;
  readonly to?: AddressList | undefined;
  readonly cc?: AddressList | undefined;
  readonly bcc?: AddressList | undefined;
  readonly date?: Date | undefined;
  readonly messageId?: string | undefined;
  /** Permits local parts beyond ASCII, which need a server with SMTPUTF8 (RFC 6531). */
  readonly smtputf8?: boolean | undefined;
}

/** Fields of the new sender, and what they are called before a message that is sent on. */
const resentFields = /^(From|Sender|To|Cc|Date|Message-ID):/gm;

/**
 * Sends a message on unchanged, with Resent fields before it (RFC 5322 §3.6.6).
 *
 * @param original the message as it was received or composed; its line ends become CR LF.
 * @throws MimeError, as `compose` does
 * @throws MimeError `invalid-header`, `control-character` or `invalid-encoding` for an original that begins with no
 *   field, has a bare CR in its header, or has a NUL or a line of more than 998 octets: forward that one
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
  // The header is the first piece, text unless an address is not ASCII; no value has a line end with nothing after it.
  const [header] = pieces as [string | Uint8Array];
  const text = typeof header === 'string' ? header : new TextDecoder().decode(header);
  const fields = text.slice(0, text.indexOf('\r\nMIME-Version:') + 2).replace(resentFields, 'Resent-$1:');
  const octets = octetsOf(original);
  if (octets) checkOriginal(octets);
  const body = encodeBody(
    { type: 'message/rfc822', parameters: [], content: original, fields: () => '' },
    'original',
  );
  const needs: Envelope = {
    ...envelope,
    ...(body.domain !== '7bit' && { body: body.domain }),
    ...(body.type === 'message/global' && { smtputf8: true }),
  };
  const first = envelope.smtputf8 ? utf8(fields) : fields;
  return new ComposedMessage(needs, messageId, [first, ...body.pieces], body.height);
}

/** Refuses a message that would not stay what it is behind other fields. */
function checkOriginal(octets: Uint8Array): void {
  const { nul, longestLine } = scanLines(octets);
  if (nul || longestLine > lineOctets)
    refuse(
      'invalid-encoding',
      'original',
      'Forward what has a NUL or a line of more than 998 octets',
      'binary',
    );
  const [header = ''] = new TextDecoder('latin1').decode(octets).split(/(?<![^\n])\r?\n/, 1);
  // The From line of an mbox would end the header, and a folded line would join the last Resent field.
  if (!/^(?:[!-9;-~]+[ \t]*:|$)/.test(header))
    refuse('invalid-header', 'original', 'Begin with a header field', header.split('\n', 1)[0]);
  // A bare CR would become a line end, and what follows it a field.
  const bareCr = header.search(/\r(?!\n)/);
  if (bareCr >= 0) refuse('control-character', 'original', 'Remove the CR that ends no line', '\r', bareCr);
}
