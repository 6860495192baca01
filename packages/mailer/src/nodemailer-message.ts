import type { Message } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { addressesOf, type NodemailerAddress, type NodemailerAddresses } from './nodemailer-address.ts';
import {
  alternativeOf,
  attachmentOf,
  calendarOf,
  type NodemailerAttachment,
  type NodemailerEvent,
  type NodemailerText,
  textOf,
} from './nodemailer-content.ts';
import { headersOf, type NodemailerHeaders } from './nodemailer-headers.ts';
import {
  checkChoice,
  checkObject,
  checkOptionNames,
  fieldsOf,
  type KnownNames,
  refuseElsewhere,
} from './option-check.ts';
import { quoted } from './quoted.ts';

/** The part of nodemailer's message options that says what to write; null is as good as absent. */
export interface NodemailerOptions {
  readonly from?: NodemailerAddresses | null | undefined;
  readonly sender?: NodemailerAddresses | null | undefined;
  readonly to?: NodemailerAddresses | null | undefined;
  readonly cc?: NodemailerAddresses | null | undefined;
  readonly bcc?: NodemailerAddresses | null | undefined;
  readonly replyTo?: NodemailerAddresses | null | undefined;
  readonly inReplyTo?: string | NodemailerAddress | null | undefined;
  readonly references?: string | readonly string[] | null | undefined;
  readonly subject?: string | null | undefined;
  readonly text?: NodemailerText | null | undefined;
  readonly html?: NodemailerText | null | undefined;
  readonly amp?: NodemailerText | null | undefined;
  readonly icalEvent?: string | Uint8Array | AsyncIterable<Uint8Array> | NodemailerEvent | null | undefined;
  readonly alternatives?: readonly NodemailerAttachment[] | null | undefined;
  readonly attachments?: readonly NodemailerAttachment[] | null | undefined;
  readonly headers?: NodemailerHeaders | null | undefined;
  readonly messageId?: string | null | undefined;
  readonly date?: Date | string | null | undefined;
  /** `high`, `normal` or `low`. */
  readonly priority?: string | null | undefined;
  /** Nothing here reads a file, whatever it says. */
  readonly disableFileAccess?: boolean | undefined;
  /** Nothing here fetches a URL, whatever it says. */
  readonly disableUrlAccess?: boolean | undefined;
  /** No such field is written. */
  readonly xMailer?: false | string | undefined;
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
  disableFileAccess: true,
  disableUrlAccess: true,
  xMailer: true,
};

/** What belongs to a message with nodemailer and stands elsewhere here. */
const elsewhere: Readonly<Record<string, string>> = {
  attachDataUrls: 'Spread ...inlineDataImages(html) of @posthaste/mime into our own message',
  auth: 'Make a mailer for each account',
  dkim: 'Pass fromNodemailerDkim(dkim) as dkim to createMailer or to send',
  dsn: 'Pass dsn: { ret, envid, notify, orcpt } to send, in its second argument',
  encoding:
    'Leave encoding out, for text is encoded by what it holds; text: { content, encoding } of our own message chooses',
  envelope: 'Pass envelope to send, in its second argument',
  list: 'Write list as our own message has it, beside ...fromNodemailerMessage(rest)',
  normalizeHeaderKey: 'Write the names in headers as they shall be',
  raw: 'Pass { raw, envelope } to send',
  textEncoding:
    'Leave textEncoding out, for text is encoded by what it holds; text: { content, encoding } of our own message chooses',
  watchHtml: "Pass alternatives: [{ contentType: 'text/watch-html', content }]",
};

/** Every name that is read, if only to be refused. */
export const messageNames: Readonly<Record<string, unknown>> = { ...optionNames, ...elsewhere };

/**
 * Translates nodemailer's message options, so that a program can move over message by message. As there, an empty html
 * is left out, and so is an empty text beside html.
 *
 * @throws MailerError `unknown-option` for an option with no counterpart, such as an attachment's `path`
 * @throws MimeError for an address list that cannot be read
 *
 * @example
 * ```ts
 * await mailer.send(fromNodemailerMessage({ from: 'Ann <ann@example.org>', to: 'a@example.net, b@example.net' }));
 * ```
 */
export function nodemailerMessage(message: NodemailerOptions): Message {
  checkObject('fromNodemailerMessage', message);
  const options: NodemailerOptions = fieldsOf(message, messageNames);
  refuseElsewhere('fromNodemailerMessage', options, elsewhere);
  checkOptionNames<NodemailerOptions>('fromNodemailerMessage', options, optionNames);
  checkChoice('xMailer', options.xMailer, [false]);
  const { inReplyTo, messageId } = options;
  const priority = options.priority ?? undefined;
  checkChoice('priority', priority, ['high', 'normal', 'low']);
  const text = textOf('text', options.text);
  const html = textOf('html', options.html) || undefined;
  return {
    from: addressesOf(options.from),
    sender: addressesOf(options.sender)?.[0],
    to: addressesOf(options.to),
    cc: addressesOf(options.cc),
    bcc: addressesOf(options.bcc),
    replyTo: addressesOf(options.replyTo),
    inReplyTo: inReplyTo ? bracketed(inReplyTo) : undefined,
    references: identifiers(options.references),
    subject: options.subject ?? undefined,
    text: html === undefined ? text : text || undefined,
    html,
    amp: textOf('amp', options.amp) || undefined,
    calendar: options.icalEvent ? calendarOf(options.icalEvent) : undefined,
    alternatives: listOf('alternatives', options.alternatives)?.map(alternativeOf),
    attachments: listOf('attachments', options.attachments)?.map(attachmentOf),
    headers: headersOf(options.headers),
    messageId: messageId ? bracketed(messageId) : undefined,
    date: dateOf(options.date),
    priority: priority === 'normal' ? undefined : (priority as 'high' | 'low' | undefined),
  };
}

function listOf<T>(field: string, list: readonly T[] | null | undefined): readonly T[] | undefined {
  if (list === undefined || list === null) return undefined;
  if (Array.isArray(list)) return list;
  throw new MailerError('invalid-message', `Give ${field} as an array, not ${quoted(list)}`);
}

function dateOf(date: Date | string | null | undefined): Date | undefined {
  if (date === undefined || date === null) return undefined;
  const read = new Date(date);
  if (!Number.isNaN(read.getTime())) return read;
  throw new MailerError(
    'invalid-message',
    `Give date as a Date or as text that Date reads, not ${quoted(String(date))}`,
  );
}

function bracketed(id: string | NodemailerAddress): string {
  const text = typeof id === 'string' ? id : String(id.address);
  return text.startsWith('<') ? text : `<${text}>`;
}

function identifiers(ids: string | readonly string[] | null | undefined): string[] | undefined {
  if (ids === undefined || ids === null) return undefined;
  const list = typeof ids === 'string' ? ids.split(/[\s,]+/) : ids;
  return list.filter(id => id !== '').map(bracketed);
}
