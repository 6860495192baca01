import type { Alternative, Attachment, Message } from '@posthaste/mime';
import { alternativeNames, attachmentNames, messageNames } from '@posthaste/mime/field-name';
import { MailerError } from './error.ts';
import { checkOptionNames, fieldsOf } from './option-check.ts';
import { quoted } from './quoted.ts';

/**
 * Refuses fields of a message that nobody would write: what stands under a mistyped name would be lost.
 *
 * @returns the message; an empty text beside html is left out, or html when both are empty
 * @throws MailerError `unknown-option` or `invalid-message`
 */
export function checkedMessage(message: Message): Message {
  checkOptionNames<Message>('a message', message, messageNames);
  for (const attachment of listed('attachments', message.attachments)) checkAttachmentNames(attachment);
  for (const alternative of listed('alternatives', message.alternatives))
    checkOptionNames<Alternative>('an alternative', alternative, alternativeNames);
  return withoutEmptyBody(message);
}

function checkAttachmentNames(attachment: object): void {
  // A part made by the composer has a method to write its fields.
  if ('fields' in attachment && typeof attachment.fields === 'function') return;
  if (Object.hasOwn(attachment, 'path') || Object.hasOwn(attachment, 'href')) throw unread();
  checkOptionNames<Attachment>('an attachment', attachment, attachmentNames);
}

/** An empty form beside the other says nothing, and an empty html would be shown in place of a text. */
function withoutEmptyBody(message: Message): Message {
  const { text, html } = message;
  if ((html !== '' && text !== '') || text === undefined || (html ?? undefined) === undefined) return message;
  if (text !== '') {
    throw new MailerError(
      'invalid-message',
      'Leave html out: it is empty, and some readers would show it in place of text',
    );
  }
  const { [html === '' ? 'html' : 'text']: _, ...rest } = fieldsOf(message, messageNames);
  return rest;
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
