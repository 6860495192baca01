import { RelayError } from './fault.ts';
import { isGlobalAddress, parseIpAddress } from './ip-address.ts';

/** Submission ports; 25 is for servers among themselves and never here by default (RFC 6409, RFC 8314). */
export const submissionPorts: readonly number[] = [465, 587, 2525];

/** Finds all addresses of a host name. */
export type Resolve = (
  hostname: string,
  options: { readonly signal: AbortSignal },
) => Promise<readonly string[]>;

/** Where to connect: `address` is vetted, `host` is the name that TLS verifies. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  /** Absent where the runtime resolves names by itself. */
  readonly addresses: readonly string[];
}

/**
 * Checks what an operator configured, before anybody can name it.
 *
 * @throws {TypeError} `host` is no host name and no plain IP address.
 * @throws {RangeError} `port` is not allowed.
 */
export function checkDestination(host: string, port: number, ports: readonly number[]): void {
  if (!isHostName(host) && parseIpAddress(host) === undefined) {
    throw new TypeError(`Give a host name or an IP address: ${JSON.stringify(host)}`);
  }
  if (!ports.includes(port)) throw new RangeError(`Use one of the ports ${ports.join(', ')}: ${port}`);
}

/**
 * Finds the addresses of a destination and refuses it if any of them is not on the public Internet.
 *
 * @throws {RelayError} `E_POLICY` for such an address, `E_UPSTREAM` if the name has none.
 */
export async function vetDestination(
  target: { readonly host: string; readonly port: number; readonly allowPrivate?: boolean | undefined },
  resolve: Resolve | undefined,
  signal: AbortSignal,
): Promise<Destination> {
  const { host, port } = target;
  const literal = parseIpAddress(host) !== undefined;
  if (!literal && resolve === undefined) return { host, port, addresses: [host] };
  const addresses = literal ? [host] : await resolveAll(host, resolve as Resolve, signal);
  for (const address of addresses) {
    const octets = parseIpAddress(address);
    if (octets === undefined || !(target.allowPrivate || isGlobalAddress(octets))) {
      throw new RelayError('E_POLICY', 'open', { detail: 'destination-address' });
    }
  }
  return { host, port, addresses };
}

/** Letters, digits and hyphens, and an end that no resolver takes for a number (RFC 1123 §2.1). */
export function isHostName(host: string): boolean {
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  return (
    host.length <= 253 &&
    labels.every(label => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    !/^([0-9]+|0[xX][0-9A-Fa-f]*)$/.test(last)
  );
}

async function resolveAll(host: string, resolve: Resolve, signal: AbortSignal): Promise<readonly string[]> {
  const addresses = await resolve(host, { signal }).catch((cause: unknown) => {
    throw new RelayError('E_UPSTREAM', 'connect', { cause, detail: 'destination-name' });
  });
  if (addresses.length === 0) throw new RelayError('E_UPSTREAM', 'connect', { detail: 'destination-name' });
  return addresses;
}
