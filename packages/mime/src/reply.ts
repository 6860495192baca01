import { lineOctets } from './limit.ts';
import { scanLines } from './line-scan.ts';
import type { Address, AddressList, Group, Mailbox, Message } from './message.ts';
import { isMessageId } from './message-id.ts';

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

/**
 * Begins a reply: recipients, subject, References chain and quotation (RFC 5322 §3.6.2, §3.6.4).
 *
 * Message ids that are none are left out, as §3.6.4 permits; the rest of the chain stays.
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
  const seen = new Set<string>(
    typeof from === 'object' && 'group' in from ? from.members.map(addressKey) : [addressKey(from)],
  );
  const others = (list: readonly ReceivedAddress[] = []): Mailbox[] =>
    mailboxes(list).filter(mailbox => !seen.has(addressKey(mailbox)) && seen.add(addressKey(mailbox)));
  const answered = mailboxes(
    original.replyTo?.length ? original.replyTo : original.from ? [original.from] : [],
  );
  for (const mailbox of answered) seen.add(addressKey(mailbox));
  const to: AddressList = all ? [...answered, ...others(original.to)] : answered;
  const cc = all ? others(original.cc) : [];
  const [inReplyTo] = ids(original.messageId);
  return {
    from,
    to,
    ...(cc.length > 0 ? { cc } : {}),
    subject: prefixed('Re:', original.subject),
    ...(inReplyTo ? { inReplyTo } : {}),
    ...chain(original),
    text: `${text}${text && original.text ? '\n\n' : ''}${quotation(original)}`,
  };
}

/**
 * Begins a forward that carries the whole original as an attachment (RFC 2046 §5.2.1).
 *
 * What a message part cannot hold, a line of more than 998 octets or a NUL, goes as the file `message.eml` in base64
 * (`application/octet-stream`); for a server with BINARYMIME (RFC 3030), attach it yourself as `message/rfc822` with
 * `encoding: 'binary'`.
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
  const { nul, longestLine } = scanLines(raw);
  const asFile = nul || longestLine > lineOctets;
  return {
    ...options,
    text: options.text ?? '',
    subject: prefixed('Fwd:', original.subject),
    ...chain(original),
    attachments: [
      asFile
        ? { contentType: 'application/octet-stream', filename: 'message.eml', content: raw }
        : { contentType: 'message/rfc822', content: raw },
    ],
  };
}

function mailboxes(list: readonly ReceivedAddress[]): Mailbox[] {
  return list.flatMap(({ name, address, group }) =>
    group ? [...group] : address ? [{ name, address }] : [],
  );
}

/** An address as two of them are compared. */
function addressKey(given: string | Mailbox | Group): string {
  const address =
    typeof given === 'string'
      ? given.slice(given.lastIndexOf('<') + 1).split('>', 1)[0]
      : (given as Mailbox).address;
  return `${address}`.toLowerCase();
}

/** Prefixes a subject once, however often it went to and fro. */
function prefixed(prefix: string, subject = ''): string {
  return subject.toLowerCase().startsWith(prefix.toLowerCase()) ? subject : `${prefix} ${subject}`.trim();
}

/** RFC 5322 §3.6.4: the References, else the only In-Reply-To, then the Message-ID. */
function chain({ references, inReplyTo, messageId }: ReceivedMessage): Pick<Message, 'references'> {
  const earlier = ids(references);
  const parents = ids(inReplyTo);
  const before = earlier.length > 0 ? earlier : parents.length === 1 ? parents : [];
  const all = [...new Set([...before, ...ids(messageId)])];
  return all.length > 0 ? { references: all } : {};
}

/** The ids in a received field that may be written again. */
function ids(text: string | readonly string[] = []): string[] {
  return (
    [text]
      .flat()
      .join(' ')
      .match(/<(?:[^<>\s"]|"(?:[^<>"\\]|\\[^<>])*")+>/g) ?? []
  ).filter(isMessageId);
}

function quotation({ text, from, date }: ReceivedMessage): string {
  if (!text) return '';
  const author = from?.name || from?.address;
  const when = date instanceof Date ? date.toISOString().slice(0, 10) : date;
  const heading = [when && `On ${when}`, author && `${author} wrote:`].filter(Boolean).join(', ');
  const lines = text.trimEnd().split(/\r\n?|\n/);
  return [
    ...(heading ? [heading] : []),
    ...lines.map(line => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd())),
  ].join('\n');
}
