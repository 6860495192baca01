import type { SocketAddress } from './socket.ts';

const hostName = /^[^\0-\x20\x7f/@?#\\:[\]]{1,255}$/;
const ipv6Address = /^\[?[0-9a-f]*:[0-9a-f:.]+(%[\w.-]+)?\]?$/i;
/** What divides a host name from what else a URL has, such as a password. */
const urlDelimiter = /[/@?#\\:]/;

/** @throws {RangeError | TypeError} It is no address that could be connected to. */
export function checkedAddress({ hostname, port }: SocketAddress): SocketAddress {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`Give a port from 1 to 65535, not ${port}`);
  }
  if (typeof hostname !== 'string') {
    throw new TypeError(`Give hostname as a string, not as ${typeof hostname}`);
  }
  if (!hostName.test(hostname) && !ipv6Address.test(hostname)) {
    const more = urlDelimiter.test(hostname)
      ? ': no scheme, port, user, password or path'
      : `, not ${JSON.stringify(hostname)}`;
    throw new TypeError(`Give the host name alone${more}`);
  }
  return { hostname, port };
}
