import type { Timeouts } from './connection-options.ts';
import type { TlsOptions } from './socket.ts';

/** The names that options may have; typed so that the list cannot fall behind the interface. */
export type KnownNames<T> = Readonly<Record<keyof T, true>>;

/** Settings of TLS. */
export const tlsNames: KnownNames<TlsOptions> = {
  ca: true,
  cert: true,
  key: true,
  serverName: true,
  dangerouslyAllowInvalidCertificates: true,
};

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

/**
 * Refuses options with a name that is not known: what it was to set would be left at its default.
 *
 * @throws {TypeError} It is no object, or has such a name.
 */
export function checkNames<T>(owner: string, options: unknown, known: KnownNames<T>): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`Pass ${owner} as an object`);
  const unknown = Object.keys(options).find(name => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known).join(', ');
  throw new TypeError(`Use one of ${names}: there is no ${JSON.stringify(unknown)} in ${owner}`);
}

/** Says what is wrong with the first deadline that is none, if there is such a one. */
export function refusedTime(timeouts: Timeouts): string | undefined {
  for (const [name, ms] of Object.entries(timeouts)) {
    if (ms === undefined || (typeof ms === 'number' && ms > 0)) continue;
    return `Set timeouts.${name} to milliseconds above 0, not ${typeof ms === 'number' ? ms : typeof ms}`;
  }
  return undefined;
}
