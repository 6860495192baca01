import type { AddressRules } from './address.ts';
import { formatParameters, parseContentType } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { encodeWords } from './encoded-word.ts';
import { refuse } from './error.ts';
import { foldText, foldTokens, tooLong } from './fold.ts';
import { encodedWordLineColumns, lineOctets } from './limit.ts';
import { checkAddressText, formatAddresses, phrase } from './mailbox.ts';
import type { HeaderMap } from './message.ts';
import { checkContentId, checkMessageId } from './message-id.ts';

/** RFC 5322 §3.6.8 as far as every reader agrees; 76 characters leave room for the colon on a line. */
const fieldName = /^[\w!#$%&'*+.^`|~-]{1,76}$/;
const dateTime = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}$/;

const addressFields = /^(?:from|sender|reply-to|to|cc|disposition-notification-to|return-receipt-to)$/;
const messageIdFields = /^(?:in-reply-to|references|message-id)$/;
/** Fields whose syntax has no place for an encoded word (RFC 2047 §5). */
const structuredFields = /^(?:list-.*|received|return-path|auto-submitted|dkim-signature)$/;
/** What the composer alone may write, since a second or a wrong one makes another message of it. */
const reservedFields = /^(?:mime-version|content-t.*|(?:resent-)?bcc)$/;
/** RFC 5322 §3.6 and RFC 2045 to 2183: at most one of each. */
const singleFields =
  /^(?:from|sender|reply-to|to|cc|in-reply-to|references|message-id|date|subject|auto-submitted|list-[^:]*|content-[^:]*|mime-version)(?=:)/gim;

/** One header field as a person names and fills it. */
export type FieldPair = readonly [name: string, value: string];

/** Whether a field tells of a whole message, so that it has no meaning in a part (RFC 2046 §5.1). */
export function isMessageField(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    lower === 'bcc' ||
    addressFields.test(lower) ||
    (isSingleField(lower) && !/^(?:content|mime|auto)-/.test(lower))
  );
}

/** Whether at most one field of a name may stand. */
export function isSingleField(name: string): boolean {
  return `${name}:`.match(singleFields) !== null;
}

/**
 * Checks a header as it is written: no line beyond 998 octets (RFC 5322 §2.1.1), and no field twice of which there may
 * be one.
 *
 * @param isOurs whether the composer alone named the fields, which it does once each
 * @throws MimeError `line-too-long` or `duplicate-header`
 */
export function checkHeader(text: string, field: string, isOurs = false): string {
  const long = text.length > lineOctets && /^.{999}/m.exec(text);
  if (long) tooLong(field, long[0]);
  if (isOurs) return text;
  const seen = new Set<string>();
  for (const name of text.match(singleFields) ?? [])
    if (seen.size === seen.add(name.toLowerCase()).size)
      refuse('duplicate-header', name, 'Give this field once');
  return text;
}

/** Pairs of a header map; only what it holds itself, so that `__proto__` is a name like another. */
export function headerPairs(headers: HeaderMap = []): FieldPair[] {
  const list: FieldPair[] = [];
  for (const [name, values] of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    const lower = checkFieldName(name);
    for (const value of [values].flat() as string[]) {
      if (lower === 'mime-version' && value === '1.0') continue;
      if (reservedFields.test(lower)) refuse('reserved-header', name, 'Leave this field to the composer');
      list.push([name, value]);
    }
  }
  return list;
}

export function checkFieldName(name: string): string {
  refuseControls(name, 'header name');
  if (!fieldName.test(name))
    refuse('invalid-header-name', name || 'header name', 'Write a token of 76 characters or less', name);
  return name.toLowerCase();
}

/**
 * Writes one header field: the only place where a person's name and value become a line.
 *
 * @param value text of the field, neither encoded nor folded; its syntax follows from the name.
 * @throws MimeError for a name or a value that cannot stand in a header
 */
export function formatField([name, value]: FieldPair, rules: AddressRules): string {
  const lower = checkFieldName(name);
  refuseControls(value, name, true);
  const kind = lower.replace(/^resent-/, '');
  if (addressFields.test(kind)) return formatAddresses(name, checkAddressText(value, name, rules), name);
  if (messageIdFields.test(kind))
    return formatMessageIds(name, kind === 'message-id' ? [value.trim()] : value, name);
  if (lower === 'content-id') return `${name}: ${checkContentId(value, name)}\r\n`;
  if (lower === 'content-disposition') {
    const { type, parameters } = parseContentType(value, name, /^[\w!#$%&'*+.^`{|}~-]+/);
    return formatParameters(name, type, parameters, name);
  }
  if (kind === 'date') {
    return dateTime.test(value)
      ? `${name}: ${value}\r\n`
      : refuse('invalid-date', name, 'Write what formatDate gives', value);
  }
  if (lower === 'list-id') return formatListId(name, value);
  if (!structuredFields.test(lower)) return formatText(name, value, name);
  const foreign = value.search(/[^\t -~]|^$|^[ \t]|[ \t]$/);
  return foreign < 0
    ? foldText(name, value)
    : refuse('invalid-header', name, 'Write ASCII, URLs percent-encoded', value, foreign);
}

/** Writes an unstructured field, as encoded words where ASCII does not carry it (RFC 5322 §3.2.5, RFC 2047). */
export function formatText(name: string, text: string, field: string): string {
  refuseControls(text, field, true);
  if (text === '') return `${name}:\r\n`;
  const words = encodeWords(text, { firstColumn: name.length + 2 });
  return words === text
    ? foldText(name, text)
    : foldTokens(name, words.split('\r\n '), field, encodedWordLineColumns);
}

/** Writes message ids one space apart (RFC 5322 §3.6.4). */
export function formatMessageIds(name: string, ids: string | readonly string[], field: string): string {
  const list: readonly string[] =
    typeof ids === 'string' ? ids.trim().split(/[ \t]+/) : Array.isArray(ids) ? ids : [ids];
  for (const id of list) checkMessageId(id, field);
  return foldTokens(name, list, field);
}

/** Writes List-Id, of which only the phrase may be encoded (RFC 2919 §3). */
function formatListId(name: string, value: string): string {
  const at = value.lastIndexOf('<');
  const id = value.slice(Math.max(at, 0));
  if (!/^<[\w-]+(?:\.[\w-]+)+>$/.test(id)) refuse('invalid-header', name, 'Write Name <list.id>', value);
  const shown = value.slice(0, at).trim();
  const words = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/.test(shown) ? [shown] : phrase(shown, name.length + 2);
  return foldTokens(name, [...words, id].filter(Boolean), name, encodedWordLineColumns);
}
