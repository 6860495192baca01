import { MailerError } from './error.ts';
import type { ServerOptions, TlsMode } from './options.ts';

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['smtps:', 465],
  ['smtp:', 587],
]);

const example = 'smtps://user:password@smtp.example.org';

/**
 * Reads a server address: `smtps:` (implicit TLS, port 465) or `smtp:` (STARTTLS, port 587).
 *
 * User name and password are percent-encoded, as in every URL; `?tls=none` and `?allowInsecureAuth=true` say what
 * the scheme cannot.
 *
 * @throws MailerError `invalid-url`; its message never contains the address, which may hold a password
 */
export function parseServerUrl(address: string | URL): ServerOptions {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new MailerError('invalid-url', correctionOf(String(address)));
  }
  const port = defaultPorts.get(url.protocol);
  if (port === undefined) {
    throw new MailerError('invalid-url', `Begin the server address with smtps: or smtp:, as in ${example}`);
  }
  if (url.hostname === '') {
    throw new MailerError('invalid-url', `Name the host in the server address, as in ${example}`);
  }
  // An @ behind the host ends user information: what was taken for a port and its query is a password.
  if ((url.pathname !== '' && url.pathname !== '/') || url.hash !== '' || url.search.includes('@')) {
    throw new MailerError(
      'invalid-url',
      'Leave out what follows the host and port in the server address; percent-encode /, ? and # in a password',
    );
  }
  const auth = credentials(url);
  return {
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? port : Number(url.port),
    ...(url.protocol === 'smtps:' && { tls: 'implicit' as const }),
    ...(auth && { auth }),
    ...parameters(url.searchParams),
  };
}

/** What keeps an address from being a URL, as far as can be told without repeating it. */
function correctionOf(address: string): string {
  if (address.includes('@')) {
    return 'Percent-encode /, ?, #, : and @ in the user name and password of the server address, as encodeURIComponent does: this is no URL';
  }
  if (/^smtps?:\/\/(?:\[[^\]/]*\]|[^/?#:[\]]+):/i.test(address)) {
    return 'Set the port of the server address to a whole number from 1 to 65535: this is no URL';
  }
  return `Write the server address like ${example}: this is no URL`;
}

function credentials(url: URL): { user: string; pass: string } | undefined {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  } catch {
    throw new MailerError('invalid-url', 'Percent-encode % as %25 in the user name and password');
  }
}

function parameters(search: URLSearchParams): ServerOptions {
  let options: ServerOptions = {};
  for (const [name, value] of search) {
    if (name === 'tls' && isTlsMode(value)) options = { ...options, tls: value };
    else if (name === 'clientName') options = { ...options, clientName: value };
    else if (name === 'allowInsecureAuth' && value === 'true')
      options = { ...options, allowInsecureAuth: true };
    else {
      throw new MailerError(
        'invalid-url',
        'Use only tls (implicit, starttls, opportunistic or none), clientName and allowInsecureAuth=true after the ? of a server address; percent-encode ? in a password',
      );
    }
  }
  return options;
}

function isTlsMode(value: string): value is TlsMode {
  return ['implicit', 'starttls', 'opportunistic', 'none'].includes(value);
}
