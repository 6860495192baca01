import type { ConnectionOptions, TlsOptions } from '@posthaste/bridge';
import type { ComposeOptions } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { checkChoice, checkFunction, checkOptionNames, type KnownNames } from './option-check.ts';
import type { SessionOptions } from './options.ts';
import { quoted } from './quoted.ts';

type Timeouts = NonNullable<ConnectionOptions['timeouts']>;

/** What is waited for, each with a deadline of its own. */
export const timeoutNames: KnownNames<Timeouts> = {
  connect: true,
  greeting: true,
  hello: true,
  starttls: true,
  tls: true,
  auth: true,
  idle: true,
  mail: true,
  rcpt: true,
  data: true,
  body: true,
  final: true,
  rset: true,
  quit: true,
  command: true,
};
const tlsNames: KnownNames<TlsOptions> = {
  ca: true,
  cert: true,
  key: true,
  serverName: true,
  dangerouslyAllowInvalidCertificates: true,
};
const composeNames: KnownNames<ComposeOptions> = {
  now: true,
  random: true,
  timeZone: true,
  limits: true,
  mapDomain: true,
};
const limitNames: KnownNames<NonNullable<ComposeOptions['limits']>> = {
  recipients: true,
  addressOctets: true,
  nesting: true,
};

const hostName = /^[^\p{Cc}\s/@?#\\:[\]]{1,255}$/u;
const ipv6Address = /^\[?[\da-f]*:[\da-f:.]+(?:%[\w.-]+)?\]?$/i;

/** RFC 5321 §4.1.1.1, §4.1.3: a domain name or an address literal. */
const ehloName = /^(?!-|.*(?:-\.|\.-|-$))[a-z\d-]+(?:\.[a-z\d-]+)*$|^\[[!-Z^-~]+\]$/i;

/**
 * Refuses what cannot be meant of the options that every session has.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkSession(options: Omit<SessionOptions, 'auth' | 'dkim' | 'rate' | 'retry'>): void {
  checkChoice('tls', options.tls, ['implicit', 'starttls', 'opportunistic', 'none']);
  checkChoice('protocol', options.protocol, ['smtp', 'lmtp']);
  checkChoice('transfer', options.transfer, ['data', 'bdat']);
  checkChoice('allowInsecureAuth', options.allowInsecureAuth, [true, false]);
  checkFunction('connect', options.connect);
  checkFunction('onTranscript', options.onTranscript);
  checkClientName(options.clientName);
  checkTimeouts(options.timeouts);
  if (options.tlsOptions !== undefined)
    checkOptionNames<TlsOptions>('tlsOptions', options.tlsOptions, tlsNames);
  checkCompose(options.compose);
}

/**
 * Refuses compose options that nobody knows.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkCompose(compose: unknown): void {
  if (compose === undefined) return;
  checkOptionNames<ComposeOptions>('compose', compose, composeNames);
  if (compose.limits !== undefined) checkOptionNames('compose.limits', compose.limits, limitNames);
}

/**
 * Refuses what is no host name; a text is never repeated, for it may be a whole address with a password.
 *
 * @param name of the option or the variable
 * @param remedy where a whole address goes instead
 * @throws MailerError `invalid-option`
 */
export function checkHostname(name: string, value: unknown, remedy: string): asserts value is string {
  if (typeof value === 'string' && (hostName.test(value) || ipv6Address.test(value))) return;
  const advice = typeof value === 'string' ? adviceAbout(value, remedy) : `, not ${quoted(value)}`;
  throw new MailerError(
    'invalid-option',
    `Set ${name} to the name or address of the mail server alone${advice}`,
  );
}

function adviceAbout(value: string, remedy: string): string {
  if (/[@/]/.test(value)) return `; ${remedy}`;
  return value.includes(':') ? '; the port has an option of its own' : '';
}

function checkClientName(value: unknown): void {
  if (value === undefined || (typeof value === 'string' && ehloName.test(value))) return;
  throw new MailerError(
    'invalid-option',
    `Set clientName to a domain name or to an address literal such as [192.0.2.1], not ${quoted(value)}`,
  );
}

function checkTimeouts(timeouts: unknown): void {
  if (timeouts === undefined) return;
  checkOptionNames<Timeouts>('timeouts', timeouts, timeoutNames);
  for (const [name, ms] of Object.entries(timeouts)) {
    if (ms === undefined || (typeof ms === 'number' && ms > 0)) continue;
    const found = typeof ms === 'number' ? ms : typeof ms;
    throw new MailerError('invalid-option', `Set timeouts.${name} to milliseconds above 0, not ${found}`);
  }
}
