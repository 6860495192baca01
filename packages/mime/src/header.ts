import type { AddressRules } from './address.ts';
import { formatParameters, parseContentType } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { encodeWords } from './encoded-word.ts';
import { MimeError, quoteValue } from './error.ts';
import { foldText, foldTokens } from './fold.ts';
import { encodedWordLineColumns } from './limit.ts';
import { checkAddressText, formatAddresses } from './mailbox.ts';
import type { HeaderMap } from './message.ts';
import { checkContentId, checkMessageId } from './message-id.ts';

/** RFC 5322 §3.6.8 as far as every reader agrees; 76 characters leave room for the colon on a line. */
const fieldName = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,76}$/;
const dateTime = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}$/;

const addressFields =
  /^(?:from|sender|reply-to|to|cc|(?:resent-(?:from|sender|to|cc|reply-to))|disposition-notification-to|return-receipt-to)$/;
const messageIdFields = /^(?:message-id|in-reply-to|references|resent-message-id)$/;
/** Fields whose syntax has no place for an encoded word (RFC 2047 §5). */
const structuredFields =
  /^(?:list-(?!id$).*|received|return-path|auto-submitted|dkim-signature|arc-.*|authentication-results)$/;
/** What the composer alone may write, since a second or a wrong one makes another message of it. */
const reservedFields = /^(?:mime-version|content-type|content-transfer-encoding|bcc|resent-bcc)$/;
/** RFC 5322 §3.6 and RFC 2045 to 2183: at most one of each. */
const singleFields =
  /^(?:date|from|sender|reply-to|to|cc|message-id|in-reply-to|references|subject|content-(?:id|description|disposition)|list-.*|auto-submitted)$/;

/** Pairs of a header map; only what it holds itself, so that `__proto__` is a name like another. */
export function headerPairs(headers: HeaderMap): [name: string, value: string][] {
  const pairs: Iterable<readonly [string, string | readonly string[]]> =
    Symbol.iterator in headers
      ? (headers as Iterable<readonly [string, string | readonly string[]]>)
      : Object.entries(headers);
  const seen = new Set<string>();
  const list: [string, string][] = [];
  for (const [name, values] of pairs) {
    checkFieldName(name);
    const lower = name.toLowerCase();
    for (const value of Array.isArray(values) ? (values as string[]) : [values as string]) {
      if (reservedFields.test(lower)) {
        if (lower === 'mime-version' && value === '1.0') continue;
        const advice = lower.endsWith('bcc')
          ? 'use bcc, which is never written'
          : 'it is written by the composer';
        throw new MimeError('reserved-header', `Remove ${name} from the headers: ${advice}`, { field: name });
      }
      if (singleFields.test(lower) && seen.has(lower)) {
        throw new MimeError('duplicate-header', `Give ${name} once`, { field: name });
      }
      seen.add(lower);
      list.push([name, value]);
    }
  }
  return list;
}

function checkFieldName(name: string): void {
  refuseControls(name, 'header name');
  if (fieldName.test(name)) return;
  throw new MimeError(
    'invalid-header-name',
    `Write the header name as a token of at most 76 characters, not ${quoteValue(name)}`,
    {
      field: name,
    },
  );
}

/**
 * Writes one header field: the only place where a name and a value become a line.
 *
 * @param value text of the field, neither encoded nor folded; its syntax follows from the name.
 * @throws MimeError for a name or a value that cannot stand in a header
 */
export function formatField(name: string, value: string, rules: AddressRules): string {
  checkFieldName(name);
  refuseControls(value, name, true);
  const lower = name.toLowerCase();
  if (addressFields.test(lower)) return formatAddresses(name, checkAddressText(value, name, rules), name);
  if (messageIdFields.test(lower)) return formatMessageIds(name, value, name);
  if (lower === 'content-id') return `${name}: ${checkContentId(value, name)}\r\n`;
  if (lower === 'content-type' || lower === 'content-disposition') return formatParameterField(name, value);
  if (lower === 'list-id') return formatListId(name, value);
  if (/^(?:resent-)?date$/.test(lower)) return formatDateField(name, value);
  if (structuredFields.test(lower)) return formatStructured(name, value);
  return formatText(name, value, name);
}

/** Writes an unstructured field, as encoded words where ASCII does not carry it (RFC 5322 §3.2.5, RFC 2047). */
export function formatText(name: string, text: string, field: string): string {
  refuseControls(text, field, true);
  if (text === '') return `${name}:\r\n`;
  const words = encodeWords(text, { firstColumn: name.length + 2 });
  if (words === text) return foldText(name, text) ?? tooLong(name);
  const firstWord = words.indexOf('\r\n');
  const firstLine = name.length + 2 + (firstWord < 0 ? words.length : firstWord);
  return `${name}:${firstLine > encodedWordLineColumns ? '\r\n ' : ' '}${words}\r\n`;
}

/** Writes message ids one space apart (RFC 5322 §3.6.4). */
export function formatMessageIds(name: string, ids: string | readonly string[], field: string): string {
  const list = typeof ids === 'string' ? ids.split(/[ \t]+/).filter(id => id !== '') : ids;
  for (const id of list) checkMessageId(id, field);
  if (list.length === 0)
    throw new MimeError('invalid-message-id', `Write ${field} as <left@right>, not ''`, { field });
  return foldTokens(name, list) ?? tooLong(name);
}

/** Writes a field that must be ASCII as it is; a URL in it stays whole. */
export function formatStructured(name: string, value: string): string {
  const position = value.search(/[^\t -~]/);
  if (position < 0 && value.trim() === value && value !== '') return foldText(name, value) ?? tooLong(name);
  throw new MimeError(
    'invalid-header',
    `Write ${name} in ASCII, URLs percent-encoded, not ${quoteValue(value)}`,
    {
      field: name,
      ...(position < 0 ? {} : { position }),
    },
  );
}

/** Writes List-Id, of which only the phrase may be encoded (RFC 2919 §3). */
export function formatListId(name: string, value: string): string {
  const at = value.lastIndexOf('<');
  const id = value.slice(Math.max(at, 0));
  if (!/^<[!-;=?-~]+>$/.test(id))
    throw new MimeError('invalid-header', `Write ${name} as Name <list.id>, not ${quoteValue(value)}`, {
      field: name,
    });
  const words = encodeWords(value.slice(0, at).trim(), { phrase: true, firstColumn: name.length + 2 });
  const tokens = words === '' ? [] : words.startsWith('=?') ? words.split('\r\n ') : words.split(' ');
  return foldTokens(name, [...tokens, id], encodedWordLineColumns) ?? tooLong(name);
}

function formatDateField(name: string, value: string): string {
  if (dateTime.test(value)) return `${name}: ${value}\r\n`;
  throw new MimeError('invalid-date', `Write ${name} as formatDate does, not ${quoteValue(value)}`, {
    field: name,
  });
}

function formatParameterField(name: string, value: string): string {
  // A disposition is read as a type whose subtype is left out.
  const disposition = name.toLowerCase() === 'content-disposition';
  const { type, parameters } = parseContentType(disposition ? `x/${value}` : value, name);
  return formatParameters(name, disposition ? type.slice(2) : type, parameters, name);
}

function tooLong(name: string): never {
  throw new MimeError('line-too-long', `Shorten ${name}: a word in it exceeds the 998 octets of a line`, {
    field: name,
  });
}
