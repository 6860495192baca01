import { timeoutNames } from '@posthaste/bridge/option-name';
import { readPem } from '#pem-file';
import type { MailerTarget } from './create-mailer.ts';
import { MailerError } from './error.ts';
import type { MailOptions } from './mail.ts';
import type { BackendSettings } from './named-backend.ts';
import type { MailerOptions } from './options.ts';
import { quoted } from './quoted.ts';
import { checkHostname } from './session-check.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from environment variables with Django's names.
 *
 * `SMTP_URL`, or `EMAIL_HOST`, `EMAIL_PORT`, `EMAIL_HOST_USER`, `EMAIL_HOST_PASSWORD`, `EMAIL_USE_TLS`,
 * `EMAIL_USE_SSL`, `EMAIL_TIMEOUT` (seconds), `EMAIL_SSL_CERTFILE`, `EMAIL_SSL_KEYFILE`; `EMAIL_BACKEND`,
 * `EMAIL_FILE_PATH`; `DEFAULT_FROM_EMAIL`, `SERVER_EMAIL`, `EMAIL_SUBJECT_PREFIX`, `ADMINS`, `MANAGERS` (address
 * lists), `EMAIL_USE_LOCALTIME`. An empty variable counts as not set.
 *
 * @param environment default: the runtime's own
 * @throws MailerError `invalid-option` naming the variable
 *
 * @example A script that is configured from outside
 * ```ts
 * await using mail = createMail(fromEnv());
 * await mail.mailAdmins('Backup done', 'All files were copied');
 * ```
 */
export function fromEnv(
  environment: Environment = ownEnvironment(),
): MailOptions & { readonly mailers: { readonly default: MailerTarget } } {
  const read = new Variables(environment);
  const defaultFrom = read.text('DEFAULT_FROM_EMAIL');
  const serverEmail = read.text('SERVER_EMAIL');
  const subjectPrefix = read.text('EMAIL_SUBJECT_PREFIX');
  const admins = read.addresses('ADMINS');
  const managers = read.addresses('MANAGERS');
  return {
    mailers: { default: target(read) },
    ...(defaultFrom !== undefined && { defaultFrom }),
    ...(serverEmail !== undefined && { serverEmail }),
    ...(subjectPrefix !== undefined && { subjectPrefix }),
    ...(admins && { admins }),
    ...(managers && { managers }),
    ...(read.flag('EMAIL_USE_LOCALTIME') && { compose: { timeZone: 'local' as const } }),
  };
}

/** Where a runtime keeps its environment, if it has one. */
function ownEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } };
  if (process?.env) return process.env;
  throw new MailerError(
    'unsupported',
    'Pass fromEnv the variables, such as the env of a Worker: this runtime has none',
  );
}

/** Our short names and Django's dotted paths. */
const backendNames: Readonly<Record<string, BackendSettings['backend']>> = {
  smtp: 'smtp',
  console: 'console',
  file: 'file',
  filebased: 'file',
  memory: 'memory',
  locmem: 'memory',
  dummy: 'dummy',
};

function target(read: Variables): MailerTarget {
  const given = read.text('EMAIL_BACKEND') ?? 'smtp';
  const short = /^django\.core\.mail\.backends\.(\w+)\.EmailBackend$/.exec(given)?.[1] ?? given;
  if (!Object.hasOwn(backendNames, short)) {
    throw new MailerError(
      'invalid-option',
      `Set EMAIL_BACKEND to smtp, console, file, memory or dummy, not ${quoted(given)}`,
    );
  }
  const backend = backendNames[short]!;
  if (backend === 'smtp') return server(read);
  if (backend !== 'file') return { backend };
  const path = read.text('EMAIL_FILE_PATH');
  if (path === undefined) {
    throw new MailerError('invalid-option', 'Set EMAIL_FILE_PATH to a folder: EMAIL_BACKEND is file');
  }
  return { backend, path };
}

function server(read: Variables): MailerTarget {
  const url = read.text('SMTP_URL');
  if (url !== undefined) return url;
  const hostname = read.text('EMAIL_HOST');
  if (hostname === undefined) {
    throw new MailerError('invalid-option', 'Set SMTP_URL or EMAIL_HOST to say where mail is handed in');
  }
  checkHostname('EMAIL_HOST', hostname, 'a whole URL goes into SMTP_URL');
  const implicit = read.flag('EMAIL_USE_SSL');
  const upgraded = read.flag('EMAIL_USE_TLS');
  if (implicit && upgraded) {
    throw new MailerError(
      'invalid-option',
      'Set EMAIL_USE_SSL (implicit TLS, port 465) or EMAIL_USE_TLS (STARTTLS, port 587), not both',
    );
  }
  const port = read.number('EMAIL_PORT', 65_535);
  const timeout = read.number('EMAIL_TIMEOUT', 2_000_000);
  const user = read.text('EMAIL_HOST_USER');
  const pass = read.text('EMAIL_HOST_PASSWORD');
  if ((user === undefined) !== (pass === undefined)) {
    throw new MailerError('invalid-option', 'Set EMAIL_HOST_USER and EMAIL_HOST_PASSWORD both, or neither');
  }
  const tlsOptions = certificate(read);
  const options: MailerOptions = {
    hostname,
    tls: implicit ? 'implicit' : 'starttls',
    ...(port !== undefined && { port }),
    ...(user !== undefined && pass !== undefined && { auth: { user, pass } }),
    ...(timeout !== undefined && { timeouts: everyWait(timeout * 1000) }),
    ...(tlsOptions && { tlsOptions }),
  };
  return options;
}

/** Django's variables hold paths; PEM text itself is taken too, since not every runtime has files. */
function certificate(read: Variables): NonNullable<MailerOptions['tlsOptions']> | undefined {
  const [cert, key] = [read.text('EMAIL_SSL_CERTFILE'), read.text('EMAIL_SSL_KEYFILE')];
  const pem = (value: string): string => (value.includes('-----BEGIN ') ? value : readPem(value));
  if (cert === undefined && key === undefined) return undefined;
  return { ...(cert !== undefined && { cert: pem(cert) }), ...(key !== undefined && { key: pem(key) }) };
}

/** Django has one timeout for everything that is waited for. */
function everyWait(ms: number): NonNullable<MailerOptions['timeouts']> {
  // An idle session waits for us.
  const waits = Object.keys(timeoutNames).filter(wait => wait !== 'idle');
  return Object.fromEntries(waits.map(wait => [wait, ms]));
}

/** Reads variables by kind; an empty one counts as not set. */
class Variables {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  flag(name: string): boolean {
    const text = this.text(name)?.trim().toLowerCase();
    if (text === undefined || ['0', 'false', 'no', 'off'].includes(text)) return false;
    if (['1', 'true', 'yes', 'on'].includes(text)) return true;
    throw new MailerError('invalid-option', `Set ${name} to true or false, not ${quoted(text)}`);
  }

  number(name: string, most: number): number | undefined {
    const text = this.text(name)?.trim();
    if (text === undefined) return undefined;
    if (/^[1-9]\d{0,9}$/.test(text) && Number(text) <= most) return Number(text);
    throw new MailerError(
      'invalid-option',
      `Set ${name} to a whole number from 1 to ${most}, not ${quoted(text)}`,
    );
  }

  addresses(name: string): readonly string[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    // Commas inside quotation marks belong to a name; each address is checked by the composer when it is used.
    const addresses = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)?.map(address => address.trim()) ?? [];
    const wrong = addresses.find(address => !/^[^@]*@[^@]+$/.test(address));
    if (addresses.length > 0 && wrong === undefined) return addresses;
    throw new MailerError(
      'invalid-option',
      `Set ${name} to addresses separated by commas, not ${quoted(wrong ?? text)}`,
    );
  }
}
