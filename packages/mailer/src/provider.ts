import type { Auth } from './auth.ts';
import { MailerError } from './error.ts';
import { mailboxProviders } from './mailbox-provider.ts';
import type { ServerOptions } from './options.ts';
import { quoted } from './quoted.ts';
import { sendingServices } from './sending-service.ts';

/** A well-known submission service. */
export interface Provider {
  readonly hostname: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls';
  /** Domains of the addresses it gives out. */
  readonly domains?: readonly string[];
  /** Where host and port are documented. */
  readonly source: string;
  /** What to switch on at the provider, and where the credentials come from. */
  readonly setup: string;
  /** What usually is the matter when it refuses the login. */
  readonly advice?: string;
  /** It refuses, or rewrites, a sender other than the account's own. */
  readonly fromMustMatchUser?: true;
  /** User name that every account shares. */
  readonly user?: string;
}

/** Names `provider` knows; `ses` takes a region. */
export type ProviderName = keyof typeof mailboxProviders | keyof typeof sendingServices | `ses-${string}`;

function table(): Readonly<Record<string, Provider>> {
  return { ...mailboxProviders, ...sendingServices };
}

/** Every provider by its name, but for the regions of SES. */
export function providers(): ReadonlyMap<string, Provider> {
  return new Map(Object.entries(table()));
}

/**
 * Looks up a provider by name, in any case: `'gmail'`, `'qq'`, `'ses-eu-west-1'`.
 *
 * @throws MailerError `unknown-provider` with the known names
 */
function findProvider(name: string): Provider {
  const wanted = String(name).toLowerCase();
  const region = /^ses-([a-z]{2}(?:-[a-z]+)+-\d)$/.exec(wanted)?.[1];
  if (region) {
    return { ...sendingServices.ses, hostname: `email-smtp.${region}.amazonaws.com` };
  }
  const known = table();
  if (Object.hasOwn(known, wanted)) return known[wanted]!;
  const names = [...Object.keys(known), 'ses-<region>'].join(', ');
  throw new MailerError('unknown-provider', `Use one of ${names}: there is no provider ${quoted(name)}`);
}

/**
 * Options for a well-known provider.
 *
 * @param credentials `pass` is what the provider's `setup` tells to create, often not the account's password; where
 *   all accounts share a user name, `user` may be left out
 * @throws MailerError `unknown-provider`, or `invalid-option` without credentials
 *
 * @example
 * ```ts
 * const mailer = createMailer(provider('gmail', { user: 'ann@gmail.com', pass: appPassword }));
 * ```
 */
export function provider(
  name: ProviderName,
  credentials: Auth | { readonly user?: string; readonly pass: string },
): ServerOptions {
  const found = findProvider(name);
  if (typeof credentials !== 'object' || credentials === null) {
    throw new MailerError('invalid-option', `Give ${name} credentials: { user, pass }`, {
      advice: found.setup,
    });
  }
  const named = found.user !== undefined && !('mechanisms' in credentials);
  return {
    hostname: found.hostname,
    port: found.port,
    tls: found.tls,
    auth: (named ? { user: found.user, ...credentials } : credentials) as Auth,
  };
}

/** The provider that an address's domain belongs to, such as `qq` for `…@qq.com`; undefined for other domains. */
export function providerFor(address: string): ProviderName | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  for (const [name, candidate] of Object.entries(mailboxProviders) as [ProviderName, Provider][]) {
    if (candidate.domains?.includes(domain)) return name;
  }
  return undefined;
}

/** The provider with that host name: where advice about a refusal comes from. */
export function providerAt(hostname: string): Provider | undefined {
  const host = hostname.toLowerCase();
  if (/^email-smtp\.[a-z0-9-]+\.amazonaws\.com$/.test(host)) return sendingServices.ses;
  return Object.values(table()).find(candidate => candidate.hostname === host);
}
