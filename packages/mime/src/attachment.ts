import type { AddressRules } from './address.ts';
import type { BodyPart } from './body-part.ts';
import { ComposedMessage } from './composed-message.ts';
import { octetsOf, openContent } from './content.ts';
import { formatDisposition } from './content-disposition.ts';
import { contentTypeOf, sniffContentType } from './content-kind.ts';
import { parseContentType, withCharset } from './content-type.ts';
import { type FieldPair, formatField, formatText, headerPairs } from './header.ts';
import type { Attachment } from './message.ts';
import { checkContentId } from './message-id.ts';

/** Makes a body part of a file; its octets are kept as they are (RFC 2183). */
export function attachmentPart(attachment: Attachment, field: string): BodyPart {
  const { content, contentId, description, encoding, headers, ...given } = Object(attachment) as Attachment;
  // Line ends of a file are octets like others; only the message's own text is made canonical.
  const octets = typeof content === 'string' ? undefined : octetsOf(content);
  if (!octets && typeof content !== 'string') openContent(content, `${field}.content`);
  const { stream, name, type: ownType } = Object(content) as Partial<File>;
  const filename = given.filename ?? (stream && name ? name : undefined);
  const disposition = given.disposition ?? (contentId === undefined ? 'attachment' : 'inline');
  const shown = formatDisposition(disposition, filename, field);
  // By leading octets, by extension, by what a Blob says of itself.
  const found =
    given.contentType ??
    (content instanceof ComposedMessage ? 'message/rfc822' : undefined) ??
    (octets && sniffContentType(octets)) ??
    contentTypeOf(filename ?? '') ??
    (ownType || 'application/octet-stream');
  const { type, parameters } = withCharset(parseContentType(found, `${field}.contentType`), content);
  const pairs = headerPairs(headers);
  const own = new Set(pairs.map(([name]) => name.toLowerCase()));
  return {
    type,
    parameters:
      filename === undefined || parameters.some(([name]) => name === 'name')
        ? parameters
        : [...parameters, ['name', filename]],
    content,
    encoding,
    field,
    fields(rules) {
      let text = own.has('content-disposition') ? '' : shown;
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
