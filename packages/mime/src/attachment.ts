import type { AddressRules } from './address.ts';
import type { BodyPart } from './body-part.ts';
import { ComposedMessage } from './composed-message.ts';
import { octetsOf, openContent } from './content.ts';
import { checkFilename, formatDisposition } from './content-disposition.ts';
import { contentTypeOf, sniffContentType } from './content-kind.ts';
import { parseContentType, withCharset } from './content-type.ts';
import { refuse } from './error.ts';
import { type FieldPair, formatField, formatText, headerPairs } from './header.ts';
import type { Attachment, Content } from './message.ts';
import { checkContentId } from './message-id.ts';

/** Whether an attachment is given as a part of its own. */
export function isBodyPart(attachment: Attachment | BodyPart): attachment is BodyPart {
  return typeof (Object(attachment) as Partial<BodyPart>).fields === 'function';
}

/** Makes a body part of a file; its octets are kept as they are (RFC 2183). */
export function attachmentPart(attachment: Attachment, field: string): BodyPart {
  const { content, contentId, description, encoding, headers, ...given } = Object(attachment) as Attachment;
  if (!octetsOf(content)) openContent(content, `${field}.content`);
  const file = Object(content) as Partial<File>;
  const filename = given.filename ?? (typeof file.stream === 'function' && file.name ? file.name : undefined);
  if (filename !== undefined) checkFilename(filename, `${field}.filename`);
  const found = given.contentType ?? findType(content, filename) ?? 'application/octet-stream';
  const { type, parameters } = withCharset(parseContentType(found, `${field}.contentType`), content);
  const disposition = given.disposition ?? (contentId === undefined ? 'attachment' : 'inline');
  if (!/^(?:attachment|inline)$/.test(disposition))
    refuse('invalid-parameter', `${field}.disposition`, 'Give attachment or inline', disposition);
  const pairs = headerPairs(headers);
  const own = new Set(pairs.map(([name]) => name.toLowerCase()));
  return {
    type,
    parameters:
      filename === undefined || parameters.some(([name]) => name === 'name')
        ? parameters
        : [...parameters, ['name', filename]],
    // Line ends of a file are octets like others; only the message's own text is made canonical.
    content: typeof content === 'string' ? octetsOf(content) : content,
    encoding,
    field,
    fields(rules) {
      let text = own.has('content-disposition') ? '' : formatDisposition(disposition, filename, field);
      if (contentId !== undefined && !own.has('content-id'))
        text += `Content-ID: ${checkContentId(contentId, `${field}.contentId`)}\r\n`;
      if (description !== undefined && !own.has('content-description'))
        text += formatText('Content-Description', description, `${field}.description`);
      return text + formatOwnFields(pairs, rules);
    },
  };
}

/** Writes the fields a person added. */
export function formatOwnFields(pairs: readonly FieldPair[], rules: AddressRules): string {
  return pairs.map(pair => formatField(pair, rules)).join('');
}

/** By leading octets, by extension, by what a Blob says of itself. */
function findType(content: Content, filename = ''): string | undefined {
  if (content instanceof ComposedMessage) return 'message/rfc822';
  const octets = typeof content === 'string' ? undefined : octetsOf(content);
  return (
    (octets && sniffContentType(octets)) ??
    contentTypeOf(filename) ??
    ((content as Partial<Blob>).type || undefined)
  );
}
