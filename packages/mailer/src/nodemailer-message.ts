import {
  type Address,
  type Alternative,
  type Attachment,
  type HeaderMap,
  type Mailbox,
  type Message,
  parseAddressList,
} from '@posthaste/mime';
import { MailerError } from './error.ts';
import { unread } from './message-check.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';
import { quoted } from './quoted.ts';

/** An address list as nodemailer takes it; a string may hold several addresses, separated by commas. */
export type NodemailerAddresses = string | Partial<Mailbox> | readonly (string | Partial<Mailbox>)[];

/** Text as nodemailer takes it. */
export type NodemailerText = string | Uint8Array | { readonly content: string | Uint8Array };

/** An attachment as nodemailer takes it, but for `path` and `href`, which are refused. */
export interface NodemailerAttachment {
  readonly filename?: string | false;
  readonly content?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** How a string of content is to be read; default utf-8. */
  readonly encoding?: string;
  readonly contentType?: string;
  readonly cid?: string;
  readonly contentDisposition?: 'attachment' | 'inline';
  readonly headers?: NodemailerHeaders;
}

/** Header fields as nodemailer takes them. */
export type NodemailerHeaders =
  | Readonly<Record<string, string | readonly string[]>>
  | readonly { readonly key: string; readonly value: string }[];

/** The part of nodemailer's message options that says what to write. */
export interface NodemailerOptions {
  readonly from?: NodemailerAddresses;
  readonly sender?: NodemailerAddresses;
  readonly to?: NodemailerAddresses;
  readonly cc?: NodemailerAddresses;
  readonly bcc?: NodemailerAddresses;
  readonly replyTo?: NodemailerAddresses;
  readonly inReplyTo?: string;
  readonly references?: string | readonly string[];
  readonly subject?: string;
  readonly text?: NodemailerText;
  readonly html?: NodemailerText;
  readonly amp?: NodemailerText;
  readonly icalEvent?: {
    readonly method?: string;
    readonly filename?: string;
    readonly content: string | Uint8Array;
  };
  readonly alternatives?: readonly NodemailerAttachment[];
  readonly attachments?: readonly NodemailerAttachment[];
  readonly headers?: NodemailerHeaders;
  readonly messageId?: string;
  readonly date?: Date | string;
  readonly priority?: 'high' | 'normal' | 'low';
}

const optionNames: KnownNames<NodemailerOptions> = {
  from: true,
  sender: true,
  to: true,
  cc: true,
  bcc: true,
  replyTo: true,
  inReplyTo: true,
  references: true,
  subject: true,
  text: true,
  html: true,
  amp: true,
  icalEvent: true,
  alternatives: true,
  attachments: true,
  headers: true,
  messageId: true,
  date: true,
  priority: true,
};
const attachmentNames: KnownNames<NodemailerAttachment> = {
  filename: true,
  content: true,
  encoding: true,
  contentType: true,
  cid: true,
  contentDisposition: true,
  headers: true,
};

/** What belongs to a message with nodemailer and stands elsewhere here. */
const elsewhere: Readonly<Record<string, string>> = {
  dkim: 'Pass fromNodemailerDkim(dkim) as dkim to createMailer or to send',
  envelope: 'Pass envelope to send, in its second argument',
  list: 'Write list as our own message has it, beside ...fromNodemailerMessage(rest)',
  raw: 'Pass { raw, envelope } to send',
};

/**
 * Translates nodemailer's message options, so that a program can move over message by message.
 *
 * @throws MailerError `unknown-option` for an option with no counterpart, such as an attachment's `path`
 * @throws MimeError for an address list that cannot be read
 *
 * @example
 * ```ts
 * await mailer.send(fromNodemailerMessage({ from: 'Ann <ann@example.org>', to: 'a@example.net, b@example.net' }));
 * ```
 */
export function nodemailerMessage(options: NodemailerOptions): Message {
  const name = Object.keys(Object(options)).find(key => Object.hasOwn(elsewhere, key));
  if (name !== undefined) {
    throw new MailerError(
      'unknown-option',
      `${elsewhere[name]}: fromNodemailerMessage does not take ${quoted(name)}`,
    );
  }
  checkOptionNames<NodemailerOptions>('fromNodemailerMessage', options, optionNames);
  const { icalEvent, inReplyTo, references, subject, messageId, date, priority } = options;
  const text = (value: NodemailerText | undefined): string | undefined =>
    value === undefined ? undefined : textOf(value);
  return {
    from: addresses(options.from),
    sender: addresses(options.sender)?.[0],
    to: addresses(options.to),
    cc: addresses(options.cc),
    bcc: addresses(options.bcc),
    replyTo: addresses(options.replyTo),
    inReplyTo: inReplyTo === undefined ? undefined : bracketed(inReplyTo),
    references: identifiers(references),
    subject,
    text: text(options.text),
    html: text(options.html),
    amp: text(options.amp),
    calendar: icalEvent && {
      method: (icalEvent.method ?? 'PUBLISH').toUpperCase(),
      content: icalEvent.content,
      filename: icalEvent.filename ?? 'invite.ics',
    },
    alternatives: options.alternatives?.map(alternative),
    attachments: options.attachments?.map(attachment),
    headers: headers(options.headers),
    messageId: messageId === undefined ? undefined : bracketed(messageId),
    date: date === undefined ? undefined : new Date(date),
    priority: priority === 'normal' ? undefined : priority,
  };
}

function addresses(given: NodemailerAddresses | undefined): Exclude<Address, string>[] | undefined {
  if (given === undefined) return undefined;
  const list = Array.isArray(given)
    ? (given as readonly (string | Partial<Mailbox>)[])
    : [given as string | Mailbox];
  return list.flatMap(entry => {
    if (typeof entry === 'string') return parseAddressList(entry);
    if (typeof entry?.address !== 'string') {
      throw new MailerError(
        'invalid-message',
        `Give an address as a string or { name, address }, not ${quoted(entry)}`,
      );
    }
    return [{ address: entry.address, ...(entry.name && { name: entry.name }) }];
  });
}

function textOf(value: NodemailerText): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : textOf(value.content);
}

function attachment(given: NodemailerAttachment): Attachment {
  const { filename, contentType, cid, contentDisposition } = checkedAttachment(given);
  return {
    content: content(given),
    ...(filename !== undefined && filename !== false && { filename }),
    ...(contentType !== undefined && { contentType }),
    ...(cid !== undefined && { contentId: cid }),
    ...(contentDisposition !== undefined && { disposition: contentDisposition }),
    ...(given.headers && { headers: headers(given.headers) }),
  };
}

function alternative(given: NodemailerAttachment): Alternative {
  const { contentType = 'text/plain' } = checkedAttachment(given);
  return { contentType, content: content(given), ...(given.headers && { headers: headers(given.headers) }) };
}

function checkedAttachment(given: NodemailerAttachment): NodemailerAttachment {
  if (typeof given === 'object' && given !== null && ('path' in given || 'href' in given)) {
    throw unread();
  }
  checkOptionNames<NodemailerAttachment>('an attachment', given, attachmentNames);
  return given;
}

function content({ content: given, encoding = 'utf-8' }: NodemailerAttachment): Attachment['content'] {
  if (typeof given !== 'string') return given ?? '';
  const name = encoding.toLowerCase();
  if (name === 'utf-8' || name === 'utf8') return given;
  if (name === 'base64') return Uint8Array.from(atob(given), character => character.charCodeAt(0));
  throw new MailerError(
    'invalid-message',
    `Decode the content yourself: encoding ${quoted(encoding)} is not known`,
  );
}

function headers(given: NodemailerHeaders | undefined): HeaderMap | undefined {
  if (!Array.isArray(given)) return given as HeaderMap | undefined;
  return (given as readonly { key: string; value: string }[]).map(({ key, value }) => [key, value] as const);
}

function bracketed(id: string): string {
  return id.startsWith('<') ? id : `<${id}>`;
}

function identifiers(given: string | readonly string[] | undefined): string[] | undefined {
  if (given === undefined) return undefined;
  const list = typeof given === 'string' ? given.split(/[\s,]+/) : given;
  return list.filter(id => id !== '').map(bracketed);
}
