import {
  type KnownNames,
  messageTranslations,
  nearestName,
  type Translation,
} from '@posthaste/mime/field-name';
import { MailerError } from './error.ts';
import { quoted } from './quoted.ts';

/** Longest time a timer can be set to, in milliseconds. */
export const maxTimerMs = 2_147_483_647;

export type { KnownNames };

/**
 * Refuses an options object with a name that is not known.
 *
 * @param owner what takes the options, for the message: `createMailer`
 * @throws MailerError `invalid-option` for anything but an object, `unknown-option` with the known names
 */
export function checkOptionNames<T extends object>(
  owner: string,
  options: unknown,
  known: KnownNames<T>,
): asserts options is T {
  checkObject(owner, options);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const near = nearestName(name, names, elsewhere);
    const advice = near === undefined ? undefined : `did you mean ${near}?`;
    throw new MailerError(
      'unknown-option',
      `Use one of ${names.join(', ')}: ${owner} does not take ${quoted(name)}${advice ? `; ${advice}` : ''}`,
      advice === undefined ? {} : { advice },
    );
  }
}

/** @throws MailerError `invalid-option` for anything but an object */
export function checkObject(owner: string, options: unknown): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  // A text may be a password, a key or a whole address.
  const found = typeof options === 'string' ? 'a string' : quoted(options);
  throw new MailerError('invalid-option', `Pass ${owner} an object with options, not ${found}`);
}

/**
 * Refuses a name that belongs elsewhere here.
 *
 * @param places name → what to do instead
 * @throws MailerError `unknown-option`
 */
export function refuseElsewhere(
  owner: string,
  options: unknown,
  places: Readonly<Record<string, string>>,
): void {
  const name = Object.keys(Object(options)).find(key => Object.hasOwn(places, key));
  if (name === undefined) return;
  throw new MailerError('unknown-option', `${places[name]}: ${owner} does not take ${quoted(name)}`);
}

/** Names that people bring from elsewhere, and ours. */
const elsewhere: readonly Translation[] = [
  ...messageTranslations,
  ['host', 'hostname'],
  ['secure', 'tls'],
  ['ssl', 'tls'],
  ['username', 'auth'],
  ['user', 'auth'],
  ['pass', 'auth'],
  ['password', 'auth'],
  ['name', 'clientName'],
  ['service', 'hostname'],
  ['pool', 'connections'],
  ['timeout', 'timeouts'],
  ['local_hostname', 'clientName'],
  ['source_address', 'localAddress'],
  ['rejectUnauthorized', 'dangerouslyAllowInvalidCertificates'],
  ['servername', 'serverName'],
  ['maxConnections', 'connections'],
  ['maxMessages', 'messagesPerConnection'],
  ['rateLimit', 'rate'],
  ['domainName', 'domain'],
  ['keySelector', 'selector'],
  ['headerFieldNames', 'fields'],
  ['from_email', 'from'],
  ['html_message', 'html'],
  ['fail_silently', 'failSilently'],
  ['reply_to', 'replyTo'],
  ['message', 'text'],
  ['message', 'body'],
  ['text', 'body'],
  ['body', 'text'],
  ['mimetype', 'contentType'],
  ['contentDisposition', 'disposition'],
];

/** The options without those that are `undefined`, which would hide what they stand in front of. */
export function definedOnly<T extends object>(
  options: T,
): { [name in keyof T]: Exclude<T[name], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [name in keyof T]: Exclude<T[name], undefined> };
}

/**
 * The fields of an object that are not `undefined`: all it has itself, so that an unknown one can be refused, and those
 * of these names that it inherits or that its class computes.
 */
export function fieldsOf<T extends object>(
  source: T,
  names: Readonly<Record<string, unknown>>,
): { [name in keyof T]: Exclude<T[name], undefined> } {
  const inherited = Object.keys(names).filter(name => name in source) as (keyof T)[];
  return definedOnly({ ...source, ...Object.fromEntries(inherited.map(name => [name, source[name]])) });
}

/**
 * Refuses a number that is not a whole one within bounds.
 *
 * @throws MailerError `invalid-option`
 */
export function checkWholeNumber(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return;
  const kind = typeof value === 'string' ? 'the string ' : '';
  throw new MailerError(
    'invalid-option',
    `Set ${name} to a whole number from ${least} to ${most}, not ${kind}${quoted(value)}`,
  );
}

/**
 * Refuses a value outside a closed list.
 *
 * @throws MailerError `invalid-option`
 */
export function checkChoice(name: string, value: unknown, choices: readonly (string | boolean)[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  const list = choices
    .map(choice => (typeof choice === 'string' ? `'${choice}'` : String(choice)))
    .join(', ');
  throw new MailerError('invalid-option', `Set ${name} to one of ${list}, not ${quoted(value)}`);
}

/**
 * Refuses what cannot be called.
 *
 * @throws MailerError `invalid-option`
 */
export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new MailerError('invalid-option', `Set ${name} to a function, not ${quoted(value)}`);
}
