import type { Alternative, Attachment, Calendar, EncodingChoice } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { unread } from './message-check.ts';
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

/** A file or a URL in place of content: it compiles, and is refused. */
interface NodemailerReference {
  readonly path?: unknown;
  readonly href?: unknown;
}

/** What is read for `content`; a `path` or `href` beside it is refused. */
interface NodemailerSource {
  readonly content?: string | Uint8Array | AsyncIterable<Uint8Array> | NodemailerReference | undefined;
  /** How a string of content is to be read: `utf-8` (default), `base64`, `hex` or `latin1`. */
  readonly encoding?: string | undefined;
}

/** Text as nodemailer takes it; a stream compiles, and is refused. */
export type NodemailerText = string | Uint8Array | AsyncIterable<Uint8Array> | NodemailerSource;

/** An attachment as nodemailer takes it, but for `path` and `href`, which are refused. */
export interface NodemailerAttachment extends NodemailerSource {
  readonly filename?: string | false | undefined;
  readonly contentType?: string | undefined;
  readonly cid?: string | undefined;
  /** `attachment` or `inline`. */
  readonly contentDisposition?: string | undefined;
  /** `7bit`, `base64` or `quoted-printable`; `false` for the one that fits. */
  readonly contentTransferEncoding?: string | false | undefined;
  readonly headers?: NodemailerHeaders | undefined;
}

/** An invitation as nodemailer takes it. */
export interface NodemailerEvent extends NodemailerSource {
  readonly method?: string | undefined;
  readonly filename?: string | false | undefined;
}

const sourceNames: KnownNames<NodemailerSource> = { content: true, encoding: true };
const eventNames: KnownNames<NodemailerEvent> = { ...sourceNames, method: true, filename: true };
const attachmentNames: KnownNames<NodemailerAttachment> = {
  ...sourceNames,
  filename: true,
  contentType: true,
  cid: true,
  contentDisposition: true,
  contentTransferEncoding: true,
  headers: true,
};

/** @throws MailerError `invalid-message` for what is no text, `unknown-option` for a path or a URL */
export function textOf(field: string, value: NodemailerText | null | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value === 'object' && !(Symbol.asyncIterator in value)) {
    return textOf(
      field,
      contentOf(checkedSource<NodemailerSource>(field, value, sourceNames)) as NodemailerText,
    );
  }
  throw new MailerError(
    'invalid-message',
    `Give ${field} as a string; read a stream first, as text(stream) of node:stream/consumers does`,
  );
}

export function attachmentOf(source: NodemailerAttachment): Attachment {
  const given = checkedSource<NodemailerAttachment>('an attachment', source, attachmentNames);
  const { filename, contentType, cid, contentDisposition } = given;
  checkChoice('contentDisposition', contentDisposition, ['attachment', 'inline']);
  return {
    ...partOf(given),
    ...(filename !== undefined && filename !== false && { filename }),
    ...(contentType !== undefined && { contentType }),
    ...(cid !== undefined && { contentId: cid }),
    ...(contentDisposition !== undefined && { disposition: contentDisposition as 'attachment' | 'inline' }),
  };
}

export function alternativeOf(source: NodemailerAttachment): Alternative {
  const given = checkedSource<NodemailerAttachment>('an alternative', source, attachmentNames);
  return { ...partOf(given), contentType: given.contentType ?? 'text/plain' };
}

/** What attachments and alternatives have in common. */
function partOf(given: NodemailerAttachment): Pick<Attachment, 'content' | 'encoding' | 'headers'> {
  const { contentTransferEncoding, headers } = given;
  checkChoice('contentTransferEncoding', contentTransferEncoding, [
    '7bit',
    'base64',
    'quoted-printable',
    false,
  ]);
  return {
    content: contentOf(given),
    ...(contentTransferEncoding && { encoding: contentTransferEncoding as EncodingChoice }),
    ...(headers && { headers: headersOf(headers) }),
  };
}

export function calendarOf(
  event: string | Uint8Array | AsyncIterable<Uint8Array> | NodemailerEvent,
): Calendar {
  const plain = typeof event === 'string' || event instanceof Uint8Array || Symbol.asyncIterator in event;
  const given = plain ? { content: event } : event;
  const { method, filename, ...source } = checkedSource<NodemailerEvent>('icalEvent', given, eventNames);
  const content = textOf('icalEvent', source) ?? '';
  return { method: (method ?? 'PUBLISH').toUpperCase(), content, filename: filename || 'invite.ics' };
}

/** What nothing here reads; `false` is as good as absent. */
const unreadNames = { path: true, href: true, raw: true };

/** The source without what is not there, when nothing in it is to be fetched or unknown. */
function checkedSource<T extends object>(owner: string, source: T, names: KnownNames<T>): T {
  checkObject(owner, source);
  const entries = Object.entries(fieldsOf(source, { ...names, ...unreadNames })).filter(
    ([name, value]) => value !== null && (value !== false || !Object.hasOwn(unreadNames, name)),
  );
  const present = Object.fromEntries(entries);
  refuseReference(present);
  refuseElsewhere(owner, present, {
    raw: 'Compose the part yourself and pass it with content and contentType',
  });
  checkOptionNames<T>(owner, present, names);
  return present;
}

function refuseReference(value: object): void {
  if ('path' in value || 'href' in value) throw unread();
}

function contentOf({ content, encoding = 'utf-8' }: NodemailerSource): Attachment['content'] {
  if (typeof content !== 'string') {
    if (typeof content === 'object') refuseReference(content);
    return (content ?? '') as Attachment['content'];
  }
  const name = encoding.toLowerCase();
  if (name === 'utf-8' || name === 'utf8') return content;
  const octets = octetsOf(content, name);
  if (octets) return octets;
  throw new MailerError(
    'invalid-message',
    `Decode the content yourself: it is not ${quoted(encoding)}, or that encoding is not known`,
  );
}

function octetsOf(text: string, encoding: string): Uint8Array | undefined {
  if (encoding === 'hex') {
    if (!/^(?:[\da-f]{2})*$/i.test(text)) return undefined;
    return Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
  }
  if (encoding === 'latin1' || encoding === 'binary') {
    return /^[\0-\xff]*$/.test(text)
      ? Uint8Array.from(text, character => character.charCodeAt(0))
      : undefined;
  }
  if (encoding !== 'base64') return undefined;
  try {
    return Uint8Array.from(atob(text), character => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
