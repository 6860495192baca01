import { isBodyPart } from './body-part.ts';
import type { ListFields } from './list-field.ts';
import type { Alternative, Attachment, Calendar, Message, TextContent } from './message.ts';

/** The names that an object may have; typed so that the list cannot fall behind the interface. */
export type KnownNames<T> = Readonly<Record<keyof T, true>>;

/** Fields of a message. */
export const messageNames: KnownNames<Message> = {
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
/** Fields of a file that goes with a message. */
export const attachmentNames: KnownNames<Attachment> = {
  filename: true,
  contentType: true,
  content: true,
  contentId: true,
  disposition: true,
  description: true,
  encoding: true,
  headers: true,
};
/** Fields of one more form of the text. */
export const alternativeNames: KnownNames<Alternative> = {
  contentType: true,
  content: true,
  encoding: true,
  headers: true,
};
const textNames: KnownNames<TextContent> = { content: true, charset: true, encoding: true, flowed: true };
const calendarNames: KnownNames<Calendar> = { method: true, content: true, filename: true };
const listNames: KnownNames<ListFields> = {
  id: true,
  unsubscribe: true,
  oneClick: true,
  subscribe: true,
  help: true,
  owner: true,
  archive: true,
  post: true,
};

/** A name that people bring from another library, and ours. */
export type Translation = readonly [theirs: string, ours: string];

/** Names that other libraries give to fields of a message. */
export const messageTranslations: readonly Translation[] = [
  ['cid', 'contentId'],
  ['data', 'content'],
  ['icalEvent', 'calendar'],
  ['mimeType', 'contentType'],
  ['name', 'filename'],
  ['type', 'contentType'],
];

/** A field that `compose` passes over. */
export interface UnknownField {
  /** Path in the message, such as `attachments[0].filname`. */
  readonly field: string;
  /** The name that was meant, as far as one can tell. */
  readonly near: string | undefined;
}

/** Fields of a message, its files and its forms of text that `compose` does not read. */
export function unknownFields(message: Message): UnknownField[] {
  const { text, html, amp, calendar, list, alternatives = [], attachments = [] } = message;
  return [
    ...foreignTo(messageNames, message, ''),
    ...foreignTo(textNames, text, 'text.'),
    ...foreignTo(textNames, html, 'html.'),
    ...foreignTo(textNames, amp, 'amp.'),
    ...foreignTo(calendarNames, calendar, 'calendar.'),
    ...foreignTo(listNames, list, 'list.'),
    ...alternatives.flatMap((each, i) => foreignTo(alternativeNames, each, `alternatives[${i}].`)),
    ...attachments.flatMap((each, i) =>
      isBodyPart(each) ? [] : foreignTo(attachmentNames, each, `attachments[${i}].`),
    ),
  ];
}

function foreignTo(known: Readonly<Record<string, true>>, given: unknown, path: string): UnknownField[] {
  if (typeof given !== 'object' || given === null) return [];
  return Object.keys(given)
    .filter(name => !Object.hasOwn(known, name))
    .map(name => ({ field: path + name, near: nearestName(name, Object.keys(known)) }));
}

/**
 * Finds the name that was meant: what another library calls so, or the one that is two slips of the pen away at most.
 *
 * @example Help with a typing error
 * ```ts
 * import { messageNames, nearestName } from '@posthaste/mime/field-name';
 *
 * nearestName('sujbect', Object.keys(messageNames)); // 'subject'
 * ```
 */
export function nearestName(
  name: string,
  known: readonly string[],
  translations: readonly Translation[] = messageTranslations,
): string | undefined {
  const translated = translations.find(([theirs, ours]) => theirs === name && known.includes(ours));
  if (translated) return translated[1];
  // Two slips of the pen, but not most of the word.
  const most = Math.min(2, Math.floor(name.length / 2));
  return known
    .filter(candidate => Math.abs(candidate.length - name.length) <= most)
    .map(candidate => ({ candidate, slips: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips)
    .find(({ slips }) => slips <= most)?.candidate;
}

/** Insertions, deletions and replacements of a character that turn `a` into `b` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (character === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
