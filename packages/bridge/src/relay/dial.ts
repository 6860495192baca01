import { abortable } from '../abortable.ts';
import { ConnectError } from '../error.ts';
import type { Connect, SecureTransport, Socket, SocketInfo } from '../socket.ts';
import { type Resolve, vetDestination } from './destination.ts';
import { RelayError, type RelayPhase } from './fault.ts';
import type { RelayTarget } from './target.ts';

/** A connection to a mail server that is open. */
export interface Dialled {
  readonly socket: Socket;
  readonly info: SocketInfo;
}

/**
 * Connects to a target at the first of its vetted addresses that answers; TLS verifies the name, not the address.
 *
 * @throws {RelayError} `E_POLICY`, `E_UPSTREAM` or `E_UPSTREAM_TLS`.
 */
export async function dial(
  target: RelayTarget,
  via: { readonly connect: Connect; readonly resolve: Resolve | undefined },
  signal: AbortSignal,
): Promise<Dialled> {
  const { host, port, addresses } = await vetDestination(target, via.resolve, signal);
  const secureTransport = secureTransportOf(target);
  const ca = target.ca === undefined ? {} : { ca: target.ca };
  let failure: unknown;
  for (const hostname of addresses) {
    signal.throwIfAborted();
    const tls = hostname === host ? ca : { ...ca, serverName: host };
    const socket = via.connect(
      { hostname, port },
      { secureTransport, signal, ...(Object.keys(tls).length === 0 ? {} : { tls }) },
    );
    // Its end shows in its streams.
    socket.closed.catch(() => {});
    try {
      return { socket, info: await abortable(socket.opened, signal) };
    } catch (error) {
      failure ??= error;
      socket.close().catch(() => {});
    }
  }
  throw upstreamFault(failure, 'connect');
}

/** What the browser is told when the mail server's side failed; the cause stays here. */
export function upstreamFault(error: unknown, phase: RelayPhase): RelayError {
  if (error instanceof RelayError) return error;
  const tls = error instanceof ConnectError && error.kind === 'tls' && error.code !== 'tls-or-refused';
  const code = tls ? 'E_UPSTREAM_TLS' : 'E_UPSTREAM';
  return new RelayError(code, phase, { cause: error });
}

function secureTransportOf({ tls }: RelayTarget): SecureTransport {
  return tls === 'implicit' ? 'on' : tls === 'starttls' ? 'starttls' : 'off';
}
