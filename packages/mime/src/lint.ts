import { isBodyPart } from './body-part.ts';
import { octetsOf } from './content.ts';
import { unknownFields } from './field-name.ts';
import type { AddressList, Attachment, Message, TextContent } from './message.ts';

/** Something that is allowed and seldom meant. */
export interface LintWarning {
  readonly code:
    | 'unknown-field'
    | 'no-recipient'
    | 'no-subject'
    | 'no-text'
    | 'empty-body'
    | 'cid-without-part'
    | 'part-without-cid'
    | 'bidi-control'
    | 'mixed-script'
    | 'too-large';
  readonly field: string;
  readonly message: string;
}

/** Octets that common providers take, base64 included (Gmail and Outlook: 25 MB). */
const sizeCap = 25_000_000;
const bidiControl = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Scripts whose letters are taken for one another. */
const lookalikes = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
const cidReference = /["'(=]\s*cid:([^"'()\s<>]+)/gi;

/**
 * Warns of what a reader, a filter or a client would stumble over, and of fields that compose does not read; never
 * throws for what compose accepts.
 *
 * @param options.sizeCap octets above which a message is likely to be refused; 25 MB by default.
 * @example
 * ```ts
 * import { lint } from '@posthaste/mime';
 *
 * lint({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', html: '<img src="cid:logo">' });
 * // no-text, cid-without-part
 * ```
 */
export function lint(message: Message, options: { readonly sizeCap?: number } = {}): LintWarning[] {
  const warnings: LintWarning[] = [];
  const warn = (code: LintWarning['code'], field: string, advice: string): void => {
    warnings.push({ code, field, message: advice });
  };
  for (const { field, near } of unknownFields(message))
    warn('unknown-field', field, `Leave out what nothing reads${near ? `; did you mean ${near}?` : ''}`);
  const { subject, text, html, body, calendar, attachments = [] } = message;
  const files = attachments.filter((attachment): attachment is Attachment => !isBodyPart(attachment));
  if (![message.to, message.cc, message.bcc].some(list => list !== undefined && [list].flat().length > 0)) {
    warn('no-recipient', 'to', 'Name a recipient');
  }
  if (!subject?.trim()) warn('no-subject', 'subject', 'Give a subject');
  if (html !== undefined && text === undefined) warn('no-text', 'text', 'Add a text form of the HTML');
  if (!body && !calendar && !textOf(text).trim() && !textOf(html).trim() && attachments.length === 0) {
    warn('empty-body', 'text', 'Write something');
  }

  const parts = new Set(
    files.map(({ contentId }) => contentId?.replace(/^<|>$/g, '')).filter(id => id !== undefined),
  );
  const references = new Set([...textOf(html).matchAll(cidReference)].map(([, id = '']) => decodeId(id)));
  for (const id of references)
    if (!parts.has(id)) warn('cid-without-part', 'html', `Attach the part with content id ${id}`);
  for (const id of parts)
    if (!references.has(id)) warn('part-without-cid', 'attachments', `Refer to cid:${id} in the HTML`);

  const shown: [string, string | undefined][] = [
    ['subject', subject],
    ...names(message.from, 'from'),
    ...names(message.to, 'to'),
    ...files.map(({ filename }, i): [string, string | undefined] => [`attachments[${i}].filename`, filename]),
  ];
  for (const [field, value = ''] of shown) {
    if (bidiControl.test(value))
      warn('bidi-control', field, 'Remove the control that turns the direction of text');
    const words = value.split(/[\s.@]+/);
    if (words.some(word => lookalikes.filter(script => script.test(word)).length > 1)) {
      warn('mixed-script', field, 'Write each word in one script');
    }
  }

  const octets = files.reduce(
    (sum, { content }) => sum + (octetsOf(content)?.length ?? (content as Partial<Blob>).size ?? 0),
    0,
  );
  const encoded = Math.ceil((octets * 78) / 57) + textOf(text).length + textOf(html).length;
  const cap = options.sizeCap ?? sizeCap;
  if (encoded > cap)
    warn('too-large', 'attachments', `Keep the message below ${cap} octets; share large files by link`);
  return warnings;
}

function textOf(content: string | TextContent | undefined): string {
  const given = typeof content === 'object' ? content.content : (content ?? '');
  return typeof given === 'string' ? given : new TextDecoder().decode(given);
}

function names(addresses: AddressList | undefined, field: string): [string, string][] {
  return [addresses ?? []].flat().map((address): [string, string] => {
    if (typeof address === 'string') return [field, address];
    return [field, 'group' in address ? address.group : `${address.name ?? ''} ${address.address}`];
  });
}

/** A cid URL is percent-encoded (RFC 2392 §2). */
function decodeId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
