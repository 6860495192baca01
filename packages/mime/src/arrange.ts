import { attachmentPart, formatOwnFields, isBodyPart } from './attachment.ts';
import type { BodyPart, Parameter } from './body-part.ts';
import { parseContentType, withCharset } from './content-type.ts';
import { refuse } from './error.ts';
import { headerPairs } from './header.ts';
import type { Attachment, Message, TextContent } from './message.ts';

/**
 * Arranges a message as `mixed( alternative( text, related( html, inline images ) ), attachments )`, each level
 * only where it is needed (RFC 2046 §5.1, RFC 2387).
 */
export function arrange(message: Message): BodyPart {
  const { text, amp, html, calendar, alternatives = [], body, attachments = [] } = message;
  const attached: BodyPart[] = [];
  const inline: BodyPart[] = [];
  attachments.forEach((given, i) => {
    if (isBodyPart(given)) {
      attached.push(given);
      return;
    }
    const { contentId, disposition } = Object(given) as Attachment;
    const related = html !== undefined && contentId !== undefined && disposition !== 'attachment';
    (related ? inline : attached).push(attachmentPart(given, `attachments[${i}]`));
  });

  const forms: BodyPart[] = [];
  if (text !== undefined) forms.push(textPart('plain', text, 'text'));
  if (amp !== undefined) forms.push(textPart('x-amp-html', amp, 'amp'));
  if (html !== undefined) {
    const root = textPart('html', html, 'html');
    // RFC 2387 §3.1: `type` names the type of the root, which comes first.
    forms.push(inline.length > 0 ? container('related', [root, ...inline], [['type', root.type]]) : root);
  }
  alternatives.forEach(({ contentType, headers, ...rest }, i) => {
    const pairs = headerPairs(headers);
    const field = `alternatives[${i}]`;
    const type = withCharset(parseContentType(contentType, `${field}.contentType`), rest.content);
    forms.push({ ...type, ...rest, canonical: true, field, fields: rules => formatOwnFields(pairs, rules) });
  });
  if (calendar) {
    const { method, content, filename } = calendar;
    const parameters: Parameter[] = [
      ['charset', 'utf-8'],
      ['method', method],
    ];
    forms.push({
      type: 'text/calendar',
      parameters,
      content,
      canonical: true,
      field: 'calendar',
      fields: noFields,
    });
    if (filename !== undefined)
      attached.push(attachmentPart({ content, filename, contentType: 'application/ics' }, 'calendar'));
  }
  if (body && forms.length > 0)
    refuse('invalid-content', 'body', 'Give either body or text, html and other forms, not both');

  const main = body ?? (forms.length > 1 ? container('alternative', forms) : forms[0]);
  if (attached.length === 0) return main ?? textPart('plain', '', 'text');
  return container('mixed', main ? [main, ...attached] : attached);
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
  } = typeof given === 'object' ? given : { content: given };
  if (typeof content === 'string' ? !/^utf-?8$/i.test(charset) : !(content instanceof Uint8Array)) {
    refuse('invalid-content', field, 'Give a string, or octets in a charset', content);
  }
  const parameters: Parameter[] = [['charset', charset]];
  if (flowed) parameters.push(['format', 'flowed']);
  return { type: `text/${subtype}`, parameters, content, encoding, canonical: true, field, fields: noFields };
}

function noFields(): string {
  return '';
}
