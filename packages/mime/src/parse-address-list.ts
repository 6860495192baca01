import { decodeWords } from './encoded-word-decoder.ts';
import type { Group, Mailbox } from './message.ts';
import { readAddresses, readMailbox } from './parse-mailbox.ts';

/**
 * Reads one mailbox, encoded words decoded: the twin of `formatMailbox` (RFC 5322 §3.4, RFC 2047).
 *
 * @throws MimeError `invalid-address`, with the position
 * @example
 * ```ts
 * import { parseMailbox } from '@posthaste/mime';
 *
 * parseMailbox('"Smith, John" <john@example.org>'); // { name: 'Smith, John', address: 'john@example.org' }
 * ```
 */
export function parseMailbox(text: string): Mailbox {
  return readMailbox(unfolded(text), 'mailbox', decodeWords);
}

/**
 * Reads a comma-separated list of mailboxes and groups, encoded words decoded (RFC 5322 §3.4, RFC 2047).
 *
 * @throws MimeError `invalid-address`, with the position
 * @example Recipients that were typed into one field
 * ```ts
 * import { parseAddressList } from '@posthaste/mime';
 *
 * parseAddressList('Ann <ann@example.org>, bob@example.net'); // two mailboxes
 * ```
 */
export function parseAddressList(text: string): (Mailbox | Group)[] {
  return readAddresses(unfolded(text), 'address list', decodeWords);
}

/** A header field may be folded before any white space (RFC 5322 §2.2.3). */
function unfolded(text: string): string {
  return text.replace(/\r\n(?=[ \t])/g, '');
}
