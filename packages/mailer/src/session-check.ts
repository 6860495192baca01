import type { ConnectionOptions, TlsOptions } from '@posthaste/bridge';
import { refusedTime, timeoutNames, tlsNames } from '@posthaste/bridge/option-name';
import type { ComposeOptions } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { checkChoice, checkFunction, checkOptionNames, type KnownNames } from './option-check.ts';
import type { SessionOptions } from './options.ts';
import { quoted } from './quoted.ts';

type Timeouts = NonNullable<ConnectionOptions['timeouts']>;

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
  const refusal = refusedTime(timeouts);
  if (refusal !== undefined) throw new MailerError('invalid-option', refusal);
}
