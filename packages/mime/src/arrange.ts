import type { AddressRules } from './address.ts';
import { attachmentPart, isBodyPart } from './attachment.ts';
import type { BodyPart, Parameter } from './body-part.ts';
import { parseContentType } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { MimeError, quoteValue } from './error.ts';
import { formatField, headerPairs } from './header.ts';
import type { Alternative, Calendar, HeaderMap, Message, TextContent } from './message.ts';

/**
 * Arranges a message as `mixed( alternative( text, related( html, inline images ) ), attachments )`, each level
 * only where it is needed (RFC 2046 §5.1, RFC 2387).
 */
export function arrange(message: Message): BodyPart {
  const { body, attachments = [] } = message;
  const attached: BodyPart[] = [];
  const inline: BodyPart[] = [];
  attachments.forEach((attachment, i) => {
    if (isBodyPart(attachment)) {
      attached.push(attachment);
      return;
    }
    const part = attachmentPart(attachment, `attachments[${i}]`);
    const related =
      message.html !== undefined &&
      attachment.contentId !== undefined &&
      attachment.disposition !== 'attachment';
    (related ? inline : attached).push(part);
  });
  const text = body === undefined ? alternatives(message, inline) : refuseOtherContent(message, body);
  if (message.calendar?.filename !== undefined) attached.push(invitationFile(message.calendar));
  if (attached.length === 0) return text ?? textPart('plain', '', 'text');
  return container('mixed', text ? [text, ...attached] : attached);
}

function alternatives(message: Message, inline: readonly BodyPart[]): BodyPart | undefined {
  const { text, amp, html, calendar } = message;
  const forms: BodyPart[] = [];
  if (text !== undefined) forms.push(textPart('plain', text, 'text'));
  if (amp !== undefined) forms.push(textPart('x-amp-html', amp, 'amp'));
  if (html !== undefined) forms.push(relatedTo(textPart('html', html, 'html'), inline));
  message.alternatives?.forEach((alternative, i) =>
    forms.push(alternativePart(alternative, `alternatives[${i}]`)),
  );
  if (calendar !== undefined) forms.push(invitation(calendar));
  return forms.length > 1 ? container('alternative', forms) : forms[0];
}

function refuseOtherContent(message: Message, body: BodyPart): BodyPart {
  const other = (['text', 'html', 'amp', 'calendar', 'alternatives'] as const).find(
    key => message[key] !== undefined,
  );
  if (other === undefined) return body;
  throw new MimeError('invalid-content', `Give either body or ${other}, not both`, { field: other });
}

/** RFC 2387 §3.1: `type` names the type of the root, which comes first. */
function relatedTo(html: BodyPart, inline: readonly BodyPart[]): BodyPart {
  return inline.length === 0 ? html : container('related', [html, ...inline], [['type', html.type]]);
}

function container(
  subtype: string,
  parts: readonly BodyPart[],
  parameters: readonly Parameter[] = [],
): BodyPart {
  return { type: `multipart/${subtype}`, parameters, parts, fields: noFields };
}

function textPart(subtype: string, given: string | TextContent, field: string): BodyPart {
  const {
    content,
    charset = 'utf-8',
    encoding,
    flowed,
  } = typeof given === 'string' ? ({ content: given } as TextContent) : given;
  if (typeof content === 'string' ? !/^utf-?8$/i.test(charset) : !(content instanceof Uint8Array)) {
    throw new MimeError(
      'invalid-content',
      `Give ${field} as a string, or as octets in a charset, not ${quoteValue(content)}`,
      { field },
    );
  }
  refuseControls(charset, `${field}.charset`);
  const parameters: Parameter[] = [['charset', charset]];
  if (flowed) parameters.push(['format', 'flowed']);
  return { type: `text/${subtype}`, parameters, content, encoding, canonical: true, fields: noFields };
}

function alternativePart({ contentType, content, encoding, headers }: Alternative, field: string): BodyPart {
  const { type, parameters } = withCharset(contentType, content, `${field}.contentType`);
  return { type, parameters, content, encoding, canonical: true, fields: ownFields(headers) };
}

/** A string is written as UTF-8, so text says so. */
function withCharset(
  contentType: string,
  content: unknown,
  field: string,
): { type: string; parameters: readonly Parameter[] } {
  const parsed = parseContentType(contentType, field);
  const named = parsed.parameters.some(([name]) => name === 'charset');
  if (typeof content !== 'string' || named || !parsed.type.startsWith('text/')) return parsed;
  return { type: parsed.type, parameters: [['charset', 'utf-8'], ...parsed.parameters] };
}

function invitation({ method, content }: Calendar): BodyPart {
  if (!/^[A-Za-z-]{1,40}$/.test(method)) {
    throw new MimeError(
      'invalid-parameter',
      `Give an iTIP method such as REQUEST, not ${quoteValue(method)}`,
      { field: 'calendar.method' },
    );
  }
  const parameters: Parameter[] = [
    ['charset', 'utf-8'],
    ['method', method],
  ];
  return { type: 'text/calendar', parameters, content, canonical: true, fields: noFields };
}

function invitationFile({ content, filename }: Calendar): BodyPart {
  return attachmentPart({ content, filename, contentType: 'application/ics' }, 'calendar');
}

function ownFields(headers: HeaderMap | undefined): BodyPart['fields'] {
  if (headers === undefined) return noFields;
  const pairs = headerPairs(headers);
  return (rules: AddressRules) => pairs.map(([name, value]) => formatField(name, value, rules)).join('');
}

function noFields(): string {
  return '';
}
