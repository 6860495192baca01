import type { Connect } from '../socket.ts';
import { NodeSocket } from '../stream/node.ts';
import { nodeSource } from '../tcp/node.ts';

/**
 * Opens a TCP or TLS socket on Node or Bun, IPv6 and IPv4 tried side by side, TLS 1.2 at least, certificates verified.
 *
 * @example Greet a mail server
 * ```ts
 * const socket = connect({ hostname: 'mail.example.org', port: 587 }, { secureTransport: 'starttls' });
 * const { value: greeting } = await socket.readable.getReader().read();
 * ```
 */
export const connect: Connect = (address, options) =>
  new NodeSocket(nodeSource(address, options), options.secureTransport);
