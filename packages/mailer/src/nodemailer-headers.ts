import type { HeaderMap } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { quoted } from './quoted.ts';

/** One header field as nodemailer takes it: its value a string, a number, `{ value }`, or an array of these. */
interface NodemailerHeader {
  readonly key: string;
  readonly value?: unknown;
}

/** Header fields as nodemailer takes them, or pairs, as `Headers` and `Map` have them. */
export type NodemailerHeaders =
  | NodemailerHeader
  | Iterable<NodemailerHeader | readonly [name: string, value: unknown]>
  | { readonly [name: string]: unknown };

/**
 * Pairs, for a field may be there twice.
 *
 * @throws MailerError `invalid-message` for what has no names and values
 */
export function headersOf(given: NodemailerHeaders | null | undefined): HeaderMap | undefined {
  if (given === undefined || given === null) return undefined;
  return pairsOf(given)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, headerValue(name, value)] as const);
}

function pairsOf(given: NodemailerHeaders): (readonly [string, unknown])[] {
  if (typeof given !== 'object') throw unreadable(given);
  if (Symbol.iterator in given) return Array.from(given as Iterable<unknown>, pairOf);
  if ('value' in given && typeof given.key === 'string') return [pairOf(given)];
  const record = given as { readonly [name: string]: unknown };
  const names: string[] = [];
  for (const name in record) names.push(name);
  if (names.length === 0 && !isPlain(record)) throw unreadable(given);
  return names.map(name => [name, record[name]]);
}

function pairOf(entry: unknown): readonly [string, unknown] {
  const { key, value } = Object(entry) as Partial<NodemailerHeader>;
  const [name, content]: readonly unknown[] = Array.isArray(entry) ? entry : [key, value];
  if (typeof name !== 'string') throw unreadable(entry);
  return [name, content];
}

/** Written as a literal, in whichever realm: no class of its own could hide what it holds. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unreadable(given: unknown): MailerError {
  return new MailerError(
    'invalid-message',
    `Give headers as { name: value }, as { key, value } or as pairs, not ${quoted(given)}`,
  );
}

function headerValue(name: string, value: unknown): string | string[] {
  if (Array.isArray(value)) return value.flatMap(entry => headerValue(name, entry));
  const inner = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  if (typeof inner === 'string') return inner;
  if (typeof inner === 'number' || typeof inner === 'boolean') return String(inner);
  throw new MailerError(
    'invalid-message',
    `Give the header field ${quoted(name)} as a string, not ${quoted(inner)}`,
  );
}
