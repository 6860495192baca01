import type { Alternative, Attachment, Message } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';
import { quoted } from './quoted.ts';

const names: KnownNames<Message> = {
  from: true,
  sender: true,
  to: true,
  cc: true,
  bcc: true,
  replyTo: true,
  subject: true,
  date: true,
  messageId: true,
  inReplyTo: true,
  references: true,
  text: true,
  html: true,
  amp: true,
  calendar: true,
  alternatives: true,
  attachments: true,
  body: true,
  headers: true,
  list: true,
  priority: true,
  autoSubmitted: true,
  readReceiptTo: true,
  deliveryReceiptTo: true,
  smtputf8: true,
};
const attachmentNames: KnownNames<Attachment> = {
  filename: true,
  contentType: true,
  content: true,
  contentId: true,
  disposition: true,
  description: true,
  encoding: true,
  headers: true,
};
const alternativeNames: KnownNames<Alternative> = {
  contentType: true,
  content: true,
  encoding: true,
  headers: true,
};

/**
 * Refuses fields of a message that nobody would write: what stands under a mistyped name would be lost.
 *
 * An empty text or html beside the other is refused too.
 *
 * @throws MailerError `unknown-option` or `invalid-message`
 */
export function checkMessage(message: Message): void {
  checkOptionNames<Message>('a message', message, names);
  checkBodies(message);
  for (const attachment of listed('attachments', message.attachments)) checkAttachmentNames(attachment);
  for (const alternative of listed('alternatives', message.alternatives))
    checkOptionNames<Alternative>('an alternative', alternative, alternativeNames);
}

function checkAttachmentNames(attachment: object): void {
  // A part made by the composer has a method to write its fields.
  if ('fields' in attachment && typeof attachment.fields === 'function') return;
  if (Object.hasOwn(attachment, 'path') || Object.hasOwn(attachment, 'href')) throw unread();
  checkOptionNames<Attachment>('an attachment', attachment, attachmentNames);
}

/** An empty form of the text would be the one that is shown, or the one that is not. */
function checkBodies({ text, html }: Message): void {
  if ((html !== '' && text !== '') || text === undefined || html === undefined) return;
  const empty = html === '' ? 'html' : 'text';
  const other = html === '' ? 'text' : 'html';
  throw new MailerError(
    'invalid-message',
    `Leave ${empty} out: it is empty, and some readers would show it in place of ${other}`,
  );
}

/** The elements that are objects; any other element is the composer's to refuse. */
function listed(field: string, list: unknown): readonly object[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    throw new MailerError('invalid-message', `Give ${field} as an array, not ${quoted(list)}`);
  }
  return list.filter(entry => typeof entry === 'object' && entry !== null && !Array.isArray(entry));
}

/** Why an attachment cannot be a path or a URL. */
export function unread(): MailerError {
  return new MailerError(
    'unknown-option',
    'Read the file or fetch the URL yourself and pass content: path and href are refused, since whoever may name them can read files and reach hosts',
    { advice: "await attachFile(path) from '@posthaste/mailer/attach-file' reads a file" },
  );
}
