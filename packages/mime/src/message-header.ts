import type { AddressRules } from './address.ts';
import type { Envelope } from './composed-message.ts';
import { formatDate, type TimeZone } from './date-time.ts';
import { MimeError } from './error.ts';
import { formatField, formatMessageIds, formatText, headerPairs } from './header.ts';
import { listFieldPairs } from './list-field.ts';
import {
  type CheckedAddress,
  checkAddresses,
  checkAddressText,
  formatAddresses,
  mailboxesOf,
} from './mailbox.ts';
import type { AddressList, Message } from './message.ts';
import { makeMessageId } from './message-id.ts';
import { priorityFields } from './priority.ts';
import type { Randomness } from './randomness.ts';

/** What the header depends on besides the message. */
export interface HeaderOptions extends AddressRules {
  readonly recipients: number;
  readonly now: Date;
  readonly random: Randomness;
  readonly timeZone?: TimeZone | undefined;
}

/** The fields before those of the body, and what the envelope takes from them. */
export interface MessageHeader {
  readonly text: string;
  readonly envelope: Envelope;
  readonly messageId: string;
}

/** Writes the header of a message; Date, From, Message-ID and MIME-Version once, Bcc never (RFC 5322 §3.6). */
export function writeHeader(message: Message, options: HeaderOptions): MessageHeader {
  return new HeaderWriter(message, options).write();
}

class HeaderWriter {
  readonly #message: Message;
  readonly #options: HeaderOptions;
  /** The person's own fields, each of which takes the place of a generated one. */
  readonly #own: readonly (readonly [name: string, value: string])[];
  readonly #ownByName: ReadonlyMap<string, string> | undefined;
  #text = '';

  constructor(message: Message, options: HeaderOptions) {
    this.#message = message;
    this.#options = options;
    this.#own = message.headers === undefined ? [] : headerPairs(message.headers);
    if (this.#own.length > 0)
      this.#ownByName = new Map(this.#own.map(([name, value]) => [name.toLowerCase(), value]));
  }

  write(): MessageHeader {
    const message = this.#message;
    const from = mailboxesOf(this.#addresses('From', message.from, 'from'));
    const sender = this.#addresses('Sender', message.sender, 'sender');
    this.#addresses('Reply-To', message.replyTo, 'replyTo');
    const to = this.#addresses('To', message.to, 'to');
    const cc = this.#addresses('Cc', message.cc, 'cc');
    const bcc = message.bcc === undefined ? [] : checkAddresses(message.bcc, 'bcc', this.#options);
    const [author] = from;
    if (!author) throw new MimeError('missing-from', 'Name the author in from', { field: 'from' });
    const [senderMailbox] = sender;
    if (sender.length > 1 || (senderMailbox && 'group' in senderMailbox)) {
      throw new MimeError('invalid-address', 'Give one mailbox as sender', { field: 'sender' });
    }
    if (from.length > 1 && !senderMailbox) {
      throw new MimeError(
        'missing-sender',
        'Name the sender, since there are several authors (RFC 5322 §3.6.2)',
        { field: 'sender' },
      );
    }
    if (message.subject !== undefined && !this.#has('subject'))
      this.#text += formatText('Subject', message.subject, 'subject');
    if (!this.#has('date')) this.#writeDate();
    const messageId = this.#messageId(author.address);
    this.#ids('In-Reply-To', message.inReplyTo, 'inReplyTo');
    this.#ids('References', message.references, 'references');
    this.#writeHelpers();
    for (const [name, value] of this.#own) this.#text += formatField(name, value, this.#options);
    const envelopeFrom = (senderMailbox ?? author) as { readonly address: string };
    const recipients = mailboxesOf([...to, ...cc, ...bcc]).map(({ address }) => address);
    return {
      text: `${this.#text}MIME-Version: 1.0\r\n`,
      envelope: this.#envelope(envelopeFrom.address, recipients),
      messageId,
    };
  }

  #has(name: string): boolean {
    return this.#ownByName?.has(name) ?? false;
  }

  /** Checks an address field and writes it, unless the person's own field stands for it. */
  #addresses(name: string, given: AddressList | undefined, field: string): readonly CheckedAddress[] {
    const own = this.#ownByName?.get(name.toLowerCase());
    if (given === undefined) return own === undefined ? [] : checkAddressText(own, name, this.#options);
    const addresses = checkAddresses(given, field, this.#options);
    if (own === undefined && addresses.length > 0) this.#text += formatAddresses(name, addresses, field);
    return addresses;
  }

  #writeDate(): void {
    const { now, timeZone } = this.#options;
    this.#text += `Date: ${formatDate(this.#message.date ?? now, timeZone === undefined ? {} : { timeZone })}\r\n`;
  }

  #messageId(address: string): string {
    const own = this.#ownByName?.get('message-id');
    if (own !== undefined) return own;
    const { now, random } = this.#options;
    const domain = address.slice(address.lastIndexOf('@') + 1);
    const id = this.#message.messageId ?? makeMessageId({ domain, now, random });
    this.#text += formatMessageIds('Message-ID', [id], 'messageId');
    return id;
  }

  #ids(name: string, ids: string | readonly string[] | undefined, field: string): void {
    if (ids === undefined || ids.length === 0 || this.#has(name.toLowerCase())) return;
    this.#text += formatMessageIds(name, ids, field);
  }

  #writeHelpers(): void {
    const { list, priority, autoSubmitted, readReceiptTo, deliveryReceiptTo } = this.#message;
    const pairs: [string, string][] = [];
    if (list !== undefined) pairs.push(...listFieldPairs(list));
    if (priority !== undefined) pairs.push(...priorityFields(priority));
    if (autoSubmitted !== undefined) pairs.push(['Auto-Submitted', autoSubmitted]);
    for (const [name, value] of pairs) {
      if (!this.#has(name.toLowerCase())) this.#text += formatField(name, value, this.#options);
    }
    this.#addresses('Disposition-Notification-To', readReceiptTo, 'readReceiptTo');
    this.#addresses('Return-Receipt-To', deliveryReceiptTo, 'deliveryReceiptTo');
  }

  #envelope(from: string, recipients: readonly string[]): Envelope {
    const to = [...new Set(recipients)];
    const limit = this.#options.recipients;
    if (to.length > limit) {
      throw new MimeError(
        'too-many-recipients',
        `Write to at most ${limit} recipients at once, not ${to.length}`,
        { field: 'to' },
      );
    }
    const beyondAscii = this.#options.smtputf8 && /[^\0-\x7f]/.test(`${this.#text}${from}${to.join('')}`);
    return beyondAscii ? { from, to, smtputf8: true } : { from, to };
  }
}
