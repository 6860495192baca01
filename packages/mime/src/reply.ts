import type { Address, AddressList, Mailbox, Message } from './message.ts';

/** A message that was received, as postal-mime and other parsers present it. */
export interface ReceivedMessage {
  readonly from?: ReceivedAddress | undefined;
  readonly to?: readonly ReceivedAddress[] | undefined;
  readonly cc?: readonly ReceivedAddress[] | undefined;
  readonly replyTo?: readonly ReceivedAddress[] | undefined;
  readonly subject?: string | undefined;
  readonly messageId?: string | undefined;
  readonly inReplyTo?: string | undefined;
  readonly references?: string | readonly string[] | undefined;
  /** As text or as a Date; shown above the quotation. */
  readonly date?: string | Date | undefined;
  readonly text?: string | undefined;
}

/** A mailbox, or a group whose `group` lists its members. */
export interface ReceivedAddress {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly group?: readonly Mailbox[] | undefined;
}

/** How a reply is begun. */
export interface ReplyOptions {
  readonly from: Address;
  /** Whether everyone who got the message gets the reply. */
  readonly all?: boolean | undefined;
  /** What is answered, put above the quotation. */
  readonly text?: string | undefined;
}

const idPattern = /<[^<>\s]+>/g;

/**
 * Begins a reply: recipients, subject, References chain and quotation (RFC 5322 §3.6.2, §3.6.4).
 *
 * @param original the message to answer, as a parser presents it.
 * @example
 * ```ts
 * import { compose, reply } from '@posthaste/mime';
 *
 * const received = { from: { address: 'bob@example.net' }, subject: 'Lunch', messageId: '<1@example.net>', text: 'Noon?' };
 * compose(reply(received, { from: 'ann@example.org', text: 'Yes.' }));
 * ```
 */
export function reply(original: ReceivedMessage, { from, all = false, text = '' }: ReplyOptions): Message {
  const self = addressKey(
    typeof from === 'string' ? { address: from.replace(/^.*<|>.*$/g, '') } : (from as Mailbox),
  );
  const seen = new Set<string>([self]);
  const others = (list: readonly ReceivedAddress[] = []): Mailbox[] =>
    mailboxes(list).filter(mailbox => !seen.has(addressKey(mailbox)) && seen.add(addressKey(mailbox)));
  const answered = mailboxes(
    original.replyTo?.length ? original.replyTo : original.from ? [original.from] : [],
  );
  for (const mailbox of answered) seen.add(addressKey(mailbox));
  const to: AddressList = all ? [...answered, ...others(original.to)] : answered;
  const cc = all ? others(original.cc) : [];
  const { messageId } = original;
  return {
    from,
    to,
    ...(cc.length > 0 ? { cc } : {}),
    subject: prefixed('Re:', original.subject),
    ...(messageId ? { inReplyTo: messageId, references: chain(original) } : {}),
    text: `${text}${text && original.text ? '\n\n' : ''}${quotation(original)}`,
  };
}

/**
 * Begins a forward that carries the whole original as an attachment (RFC 2046 §5.2.1).
 *
 * @param raw octets of the original, as they were received.
 * @example
 * ```ts
 * import { forward } from '@posthaste/mime';
 *
 * const raw = new TextEncoder().encode('From: bob@example.net\r\nSubject: Lunch\r\n\r\nNoon?');
 * forward({ subject: 'Lunch' }, raw, { from: 'ann@example.org', to: 'eve@example.com' });
 * ```
 */
export function forward(
  original: Pick<ReceivedMessage, 'subject' | 'messageId' | 'references' | 'inReplyTo'>,
  raw: Uint8Array,
  options: { readonly from: Address; readonly to: AddressList; readonly text?: string | undefined },
): Message {
  return {
    ...options,
    text: options.text ?? '',
    subject: prefixed('Fwd:', original.subject),
    ...(original.messageId ? { references: chain(original) } : {}),
    attachments: [{ contentType: 'message/rfc822', content: raw }],
  };
}

function mailboxes(list: readonly ReceivedAddress[]): Mailbox[] {
  return list.flatMap(({ name, address, group }) =>
    group ? [...group] : address ? [{ name, address }] : [],
  );
}

function addressKey({ address }: Mailbox): string {
  return address.toLowerCase();
}

/** Prefixes a subject once, however often it went to and fro. */
function prefixed(prefix: string, subject = ''): string {
  return subject.toLowerCase().startsWith(prefix.toLowerCase()) ? subject : `${prefix} ${subject}`.trim();
}

/** RFC 5322 §3.6.4: the References, else the only In-Reply-To, then the Message-ID. */
function chain({ references, inReplyTo, messageId = '' }: ReceivedMessage): string[] {
  const earlier = [references ?? []].flat().join(' ').match(idPattern) ?? [];
  const parents = inReplyTo?.match(idPattern) ?? [];
  return [...new Set([...(earlier.length > 0 ? earlier : parents.length === 1 ? parents : []), messageId])];
}

function quotation({ text, from, date }: ReceivedMessage): string {
  if (!text) return '';
  const author = from?.name || from?.address;
  const when = date instanceof Date ? date.toISOString().slice(0, 10) : date;
  const heading = [when && `On ${when}`, author && `${author} wrote:`].filter(Boolean).join(', ');
  const lines = text.replace(/\s+$/, '').split(/\r\n?|\n/);
  return [
    ...(heading ? [heading] : []),
    ...lines.map(line => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd())),
  ].join('\n');
}
