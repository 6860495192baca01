import type { Connect } from '../socket.ts';
import { checkedAddress } from '../socket-address.ts';
import { NodeSocket } from '../stream/node.ts';
import { nodeSource } from '../tcp/node.ts';

/**
 * Opens a TCP or TLS socket on Node or Bun, IPv6 and IPv4 tried side by side, TLS 1.2 at least, certificates verified.
 *
 * @throws {TypeError | RangeError} It is no address that could be connected to.
 *
 * @example Greet a mail server
 * ```ts
 * const socket = connect({ hostname: 'mail.example.org', port: 587 }, { secureTransport: 'starttls' });
 * const { value: greeting } = await socket.readable.getReader().read();
 * ```
 */
export const connect: Connect = (address, options) =>
  new NodeSocket(nodeSource(checkedAddress(address), options), options.secureTransport);
