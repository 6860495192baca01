import { ConnectError } from '../error.ts';
import type { Connect } from '../socket.ts';

/**
 * Stands where the runtime has no sockets, as in a browser.
 *
 * @throws {ConnectError} `unsupported`, always.
 */
export const connect: Connect = address => {
  throw new ConnectError('unsupported', address, {
    advice:
      "This runtime has no TCP sockets; give a mailer relay: { url, token }, or connect: relayConnect({ url, token }) of '@posthaste/bridge/websocket'",
  });
};
