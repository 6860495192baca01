import { attachmentPart, formatOwnFields } from './attachment.ts';
import { type BodyPart, isBodyPart, type Parameter } from './body-part.ts';
import { parseContentType, withCharset } from './content-type.ts';
import { guarded, refuse } from './error.ts';
import { headerPairs } from './header.ts';
import type { Message, TextContent } from './message.ts';

/**
 * Arranges a message as `mixed( alternative( text, related( html, inline images ) ), attachments )`, each level
 * only where it is needed (RFC 2046 §5.1, RFC 2387).
 */
export function arrange(message: Message): BodyPart {
  const { html, calendar, alternatives = [], body, attachments = [] } = message;
  const attached: BodyPart[] = [];
  const inline: BodyPart[] = [];
  guarded('attachments', () =>
    attachments.forEach((given, i) => {
      if (isBodyPart(given)) attached.push(given);
      else {
        const part = attachmentPart(given, `attachments[${i}]`);
        const related =
          html !== undefined && given.contentId !== undefined && given.disposition !== 'attachment';
        (related ? inline : attached).push(part);
      }
    }),
  );

  const forms: BodyPart[] = [];
  for (const [key, subtype] of textForms) {
    const given = message[key];
    if (given === undefined) continue;
    const part = guarded(key, () => textPart(subtype, given, key));
    // RFC 2387 §3.1: `type` names the type of the root, which comes first.
    const related = key === 'html' && inline.length > 0;
    forms.push(related ? container('related', [part, ...inline], [['type', part.type]]) : part);
  }
  guarded('alternatives', () =>
    alternatives.forEach(({ contentType, headers, ...rest }, i) => {
      const pairs = headerPairs(headers);
      const field = `alternatives[${i}]`;
      const type = withCharset(parseContentType(contentType, `${field}.contentType`), rest.content);
      forms.push({
        ...type,
        ...rest,
        canonical: type.type.startsWith('text/'),
        field,
        fields: rules => formatOwnFields(pairs, rules),
      });
    }),
  );
  if (calendar)
    guarded('calendar', () => {
      const { method, content, filename } = calendar;
      forms.push(textPart('calendar', { content }, 'calendar', [['method', method]]));
      if (filename !== undefined)
        attached.push(attachmentPart({ content, filename, contentType: 'application/ics' }, 'calendar'));
    });
  if (body && forms.length > 0)
    refuse('invalid-content', 'body', 'Give either body or text and html, not both');

  const main = body ?? (forms.length > 1 ? container('alternative', forms) : forms[0]);
  if (attached.length === 0) return main ?? textPart('plain', '', 'text');
  return container('mixed', main ? [main, ...attached] : attached);
}

/** Forms of the same text from the plainest to the richest, and their subtypes. */
const textForms = [
  ['text', 'plain'],
  ['amp', 'x-amp-html'],
  ['html', 'html'],
] as const;

const flowedParameter: readonly Parameter[] = [['format', 'flowed']];

function container(
  subtype: string,
  parts: readonly BodyPart[],
  parameters: readonly Parameter[] = [],
): BodyPart {
  return { type: `multipart/${subtype}`, parameters, parts, fields: noFields };
}

function textPart(
  subtype: string,
  given: string | TextContent,
  field: string,
  more: readonly Parameter[] = [],
): BodyPart {
  const text: TextContent = typeof given === 'object' ? given : { content: given };
  const { content, charset = 'utf-8', encoding, flowed } = text;
  if (typeof content !== 'string' && !(content instanceof Uint8Array))
    refuse('invalid-content', field, 'Give a string, or octets in a charset', content);
  if (flowed && subtype !== 'plain') refuse('invalid-content', field, 'Let plain text alone be flowed');
  return {
    type: `text/${subtype}`,
    parameters: [['charset', charset], ...more, ...(flowed ? flowedParameter : [])],
    // RFC 3676 §4.4: a reader takes away the first space of a line.
    content: flowed && typeof content === 'string' ? content.replace(/(^|[\r\n]) /g, '$1  ') : content,
    encoding,
    canonical: true,
    field,
    fields: noFields,
  };
}

function noFields(): string {
  return '';
}
