import type { AddressRules } from './address.ts';
import type { BodyPart, Parameter } from './body-part.ts';
import { ComposedMessage } from './composed-message.ts';
import { checkFilename, formatDisposition } from './content-disposition.ts';
import { contentTypeOf, sniffContentType } from './content-kind.ts';
import { parseContentType } from './content-type.ts';
import { MimeError, quoteValue } from './error.ts';
import { formatField, formatText, headerPairs } from './header.ts';
import type { Attachment, Content } from './message.ts';
import { checkContentId } from './message-id.ts';

/** Whether an attachment is given as a part of its own. */
export function isBodyPart(attachment: Attachment | BodyPart): attachment is BodyPart {
  return typeof (attachment as Partial<BodyPart> | null)?.fields === 'function';
}

/** Makes a body part of a file; its octets are kept as they are (RFC 2183). */
export function attachmentPart(attachment: Attachment, field: string): BodyPart {
  if (typeof attachment !== 'object' || attachment === null) {
    throw new MimeError(
      'invalid-type',
      `Give ${field} as { filename, content }, not ${quoteValue(attachment)}`,
      { field },
    );
  }
  const { content, contentId, description, encoding } = attachment;
  const filename = attachment.filename ?? fileName(content);
  if (filename !== undefined) checkFilename(filename, `${field}.filename`);
  const { type, parameters } = contentType(attachment, filename, field);
  const disposition = attachment.disposition ?? (contentId === undefined ? 'attachment' : 'inline');
  if (disposition !== 'attachment' && disposition !== 'inline') {
    throw new MimeError(
      'invalid-parameter',
      `Give ${field}.disposition as attachment or inline, not ${quoteValue(disposition)}`,
      { field },
    );
  }
  const own = attachment.headers === undefined ? [] : headerPairs(attachment.headers);
  const fields = (rules: AddressRules): string => {
    const replaced = new Set(own.map(([name]) => name.toLowerCase()));
    let text = '';
    if (!replaced.has('content-disposition'))
      text += formatDisposition(disposition, filename, `${field}.filename`);
    if (contentId !== undefined && !replaced.has('content-id'))
      text += `Content-ID: ${checkContentId(contentId, `${field}.contentId`)}\r\n`;
    if (description !== undefined && !replaced.has('content-description'))
      text += formatText('Content-Description', description, `${field}.description`);
    for (const [name, value] of own) text += formatField(name, value, rules);
    return text;
  };
  return { type, parameters, content: keepOctets(content), encoding, fields };
}

/** The name of a File. */
function fileName(content: Content): string | undefined {
  const { name } = content as Partial<File>;
  return typeof name === 'string' && name !== '' && typeof (content as Partial<Blob>).stream === 'function'
    ? name
    : undefined;
}

/** Line ends of a file are octets like others; only the message's own text is made canonical. */
function keepOctets(content: Content): Content {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

function contentType(
  { contentType: given, content }: Attachment,
  filename: string | undefined,
  field: string,
): {
  type: string;
  parameters: readonly Parameter[];
} {
  const parsed = parseContentType(given ?? findType(content, filename), `${field}.contentType`);
  const parameters = [...parsed.parameters];
  const has = (name: string): boolean => parameters.some(parameter => parameter[0] === name);
  // A string is written as UTF-8, so text says so.
  if (typeof content === 'string' && parsed.type.startsWith('text/') && !has('charset'))
    parameters.unshift(['charset', 'utf-8']);
  if (filename !== undefined && !has('name')) parameters.push(['name', filename]);
  return { type: parsed.type, parameters };
}

function findType(content: Content, filename: string | undefined): string {
  if (content instanceof ComposedMessage) return 'message/rfc822';
  const octets =
    content instanceof Uint8Array
      ? content
      : content instanceof ArrayBuffer
        ? new Uint8Array(content)
        : undefined;
  const declared = (content as Partial<Blob>).type;
  return (
    (octets && sniffContentType(octets)) ??
    (filename === undefined ? undefined : contentTypeOf(filename)) ??
    (typeof declared === 'string' && declared !== '' ? declared : 'application/octet-stream')
  );
}
