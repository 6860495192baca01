import type { AddressRules } from './address.ts';
import type { Envelope } from './composed-message.ts';
import { formatDate, type TimeZone } from './date-time.ts';
import { guarded, refuse } from './error.ts';
import { formatField, formatMessageIds, formatText, headerPairs } from './header.ts';
import { listFieldPairs } from './list-field.ts';
import {
  type CheckedAddress,
  checkAddresses,
  checkAddressText,
  formatAddresses,
  mailboxesOf,
} from './mailbox.ts';
import type { Message } from './message.ts';
import { newMessageId } from './message-id.ts';
import { priorityFields } from './priority.ts';
import type { Randomness } from './randomness.ts';

/** What the header depends on besides the message. */
export interface HeaderOptions extends AddressRules {
  readonly recipients: number;
  readonly now: Date;
  readonly random?: Randomness | undefined;
  readonly timeZone?: TimeZone | undefined;
}

/** The fields before those of the body, and what the envelope takes from them. */
export interface MessageHeader {
  readonly text: string;
  readonly envelope: Envelope;
  readonly messageId: string;
}

type AddressKey = 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc' | 'readReceiptTo' | 'deliveryReceiptTo';

/** Writes the header of a message; Date, From, Message-ID and MIME-Version once, Bcc never (RFC 5322 §3.6). */
export function writeHeader(message: Message, options: HeaderOptions): MessageHeader {
  const { now, random, timeZone, recipients: limit } = options;
  /** The person's own fields, each of which takes the place of a generated one. */
  const pairs = guarded('headers', () => headerPairs(message.headers));
  const ownFields =
    pairs.length > 0 ? new Map(pairs.map(([name, value]) => [name.toLowerCase(), value])) : undefined;
  const own = (name: string): string | undefined => ownFields?.get(name.toLowerCase());
  let text = '';

  const addresses = (name: string, key: AddressKey): readonly CheckedAddress[] => {
    const given = message[key];
    const ownText = own(name);
    if (given === undefined) return ownText === undefined ? [] : checkAddressText(ownText, name, options);
    const checked = guarded(key, () => checkAddresses(given, key, options));
    if (ownText === undefined && checked.length > 0 && key !== 'bcc')
      text += formatAddresses(name, checked, key);
    return checked;
  };
  const ids = (name: string, given: string | readonly string[] | undefined, field: string): void => {
    const list = given ?? [];
    if (list.length !== 0 && own(name) === undefined) text += formatMessageIds(name, list, field);
  };

  const [author, coauthor] = mailboxesOf(addresses('From', 'from'));
  const [sender] = mailboxesOf(addresses('Sender', 'sender'));
  addresses('Reply-To', 'replyTo');
  const to = addresses('To', 'to');
  const cc = addresses('Cc', 'cc');
  const bcc = addresses('Bcc', 'bcc');
  if (!author) return refuse('missing-from', 'from', 'Name the author');
  if (coauthor && !sender) refuse('missing-sender', 'sender', 'Name the sender of several authors');

  const from = (sender ?? author).address;
  const recipients = [...new Set(mailboxesOf([...to, ...cc, ...bcc]).map(({ address }) => address))];
  if (!(recipients.length <= limit))
    refuse('too-many-recipients', 'to', `Give at most ${limit} recipients`, recipients.length);

  if (message.subject !== undefined && own('Subject') === undefined)
    text += formatText('Subject', message.subject, 'subject');
  if (own('Date') === undefined) text += `Date: ${formatDate(message.date ?? now, { timeZone })}\r\n`;
  const domain = author.address.slice(author.address.lastIndexOf('@') + 1);
  const messageId = own('Message-ID') ?? message.messageId ?? newMessageId(domain, now, random);
  ids('Message-ID', [messageId], 'messageId');
  ids('In-Reply-To', message.inReplyTo, 'inReplyTo');
  ids('References', message.references, 'references');
  addresses('Disposition-Notification-To', 'readReceiptTo');
  addresses('Return-Receipt-To', 'deliveryReceiptTo');
  for (const [name, value] of [
    ...guarded('list', () => listFieldPairs(message.list, own('List-Unsubscribe'))),
    ...priorityFields(message.priority),
    ['Auto-Submitted', message.autoSubmitted] as const,
  ])
    if (value !== undefined && own(name) === undefined) text += formatField([name, value], options);
  for (const pair of pairs) text += formatField(pair, options);

  const beyondAscii = options.smtputf8 === true && /[^\0-\x7f]/.test(from + recipients.join(''));
  const envelope: Envelope = { from, to: recipients, ...(beyondAscii && { smtputf8: true }) };
  return { text: `${text}MIME-Version: 1.0\r\n`, envelope, messageId: messageId.trim() };
}
