import { MAX_COMMAND_OCTETS } from './command.ts';
import { SmtpError } from './error.ts';
import type { Offer } from './parameter-rule.ts';
import { isDomain } from './path.ts';

/** Deadlines of a server, each in milliseconds (RFC 5321 §4.5.3.2.7, §4.5.3.2.5). */
export interface ServerTimeouts {
  /** For the next command to be complete; 5 minutes. */
  readonly command?: number;
  /** For the next line of an AUTH exchange; 5 minutes. */
  readonly auth?: number;
  /** For the next 64 KiB of content, or its end; 3 minutes. */
  readonly body?: number;
}

/** What an `SmtpServer` is and offers. */
export interface ServerOptions {
  /** Domain or address literal: the first word of the greeting and of the EHLO list. */
  readonly serverName: string;
  /** Text behind the name in the greeting; `ESMTP`, or `LMTP`. */
  readonly greeting?: string;
  /** Greets with 554 and this text, and serves nothing but QUIT (RFC 5321 §3.1). */
  readonly noService?: string;
  /** EHLO lines as written, such as `PIPELINING` or `FUTURERELEASE 3600`; SIZE, STARTTLS and AUTH have options. */
  readonly extensions?: readonly string[];
  /** Octets of content; offered as SIZE, and a longer message is refused. 0, the default, is no limit. */
  readonly maxMessageOctets?: number;
  /** Offers STARTTLS. */
  readonly startTls?: boolean;
  /** The connection is inside TLS from its start. */
  readonly secure?: boolean;
  /** SASL mechanism names to offer; each step of an exchange is asked as an `auth` question. */
  readonly auth?: readonly string[];
  /** Offers AUTH outside TLS too. */
  readonly allowInsecureAuth?: boolean;
  /** Serves no mail before AUTH. */
  readonly requireAuth?: boolean;
  /** Serves no mail before TLS. */
  readonly requireTls?: boolean;
  /** Speaks LMTP: LHLO, and one final reply for each recipient (RFC 2033). */
  readonly lmtp?: boolean;
  /** Longest command line with its CRLF, but for AUTH; 2048. */
  readonly maxCommandOctets?: number;
  /** Recipients of one message; 1000, and RFC 5321 §4.5.3.1.8 asks for 100 at least. */
  readonly maxRecipients?: number;
  /** Commands out of place or malformed, and refused logins, before the connection is closed; 20. */
  readonly maxErrors?: number;
  readonly timeouts?: ServerTimeouts;
}

/** Options with every default filled in. */
export interface ServerSettings extends Required<Omit<ServerOptions, 'noService' | 'timeouts'>> {
  readonly noService: string | undefined;
  readonly timeouts: Required<ServerTimeouts>;
}

const MINUTE_MS = 60_000;
const DEFAULT_TIMEOUTS: Required<ServerTimeouts> = {
  command: 5 * MINUTE_MS,
  auth: 5 * MINUTE_MS,
  body: 3 * MINUTE_MS,
};
const OWN_OPTION = /^(?:SIZE|STARTTLS|AUTH)$/i;

/**
 * Checks options and fills in the defaults.
 *
 * @throws SmtpError `invalid-argument`, for a value that could not be written or obeyed.
 */
export function serverSettings(given: ServerOptions): ServerSettings {
  // What is undefined is left out.
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const options = Object.fromEntries(entries) as unknown as ServerOptions;
  const settings: ServerSettings = {
    greeting: options.lmtp ? 'LMTP' : 'ESMTP',
    extensions: [],
    maxMessageOctets: 0,
    startTls: false,
    secure: false,
    allowInsecureAuth: false,
    requireAuth: false,
    requireTls: false,
    lmtp: false,
    maxCommandOctets: MAX_COMMAND_OCTETS,
    maxRecipients: 1000,
    maxErrors: 20,
    ...options,
    noService: options.noService,
    auth: (options.auth ?? []).map(name => name.toUpperCase()),
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
  };
  if (!isDomain(settings.serverName))
    throw invalid('serverName', settings.serverName, 'a domain or address literal');
  for (const text of [settings.greeting, settings.noService ?? ''])
    if (!/^[\t\x20-\x7e]*$/.test(text)) throw invalid('greeting', text, 'one line of ASCII');
  for (const line of settings.extensions)
    if (!/^[A-Za-z0-9][A-Za-z0-9-]*(?: [!-~]+)*$/.test(line) || OWN_OPTION.test(line.split(' ')[0]!))
      throw invalid('extensions', line, 'an EHLO line, and SIZE, STARTTLS and AUTH by their own options');
  for (const name of settings.auth)
    if (!/^[A-Z0-9_-]{1,20}$/.test(name)) throw invalid('auth', name, 'SASL mechanism names');
  const limits = { ...settings.timeouts, maxMessageOctets: settings.maxMessageOctets + 1 };
  const { maxCommandOctets, maxRecipients, maxErrors } = settings;
  for (const [name, limit] of Object.entries({ ...limits, maxCommandOctets, maxRecipients, maxErrors }))
    if (!Number.isSafeInteger(limit) || limit < 1) throw invalid(name, String(limit), 'a whole number');
  return settings;
}

/** What EHLO offers now, in order: keyword → the rest of its line (RFC 5321 §4.1.1.1). */
export function offeredExtensions(settings: ServerSettings, secure: boolean): Offer {
  const lines = settings.extensions.filter(line => secure || !/^REQUIRETLS$/i.test(line));
  if (settings.maxMessageOctets > 0) lines.push(`SIZE ${settings.maxMessageOctets}`);
  if (settings.startTls && !secure) lines.push('STARTTLS');
  if (settings.auth.length > 0 && (secure || settings.allowInsecureAuth))
    lines.push(`AUTH ${settings.auth.join(' ')}`);
  return new Map(
    lines.map(line => {
      const [keyword, ...rest] = line.split(' ');
      return [keyword!.toUpperCase(), rest.join(' ')];
    }),
  );
}

function invalid(option: string, value: string, wanted: string): SmtpError {
  return new SmtpError(
    'invalid-argument',
    'idle',
    `Give ${option} as ${wanted}, not ${JSON.stringify(value)}`,
  );
}
