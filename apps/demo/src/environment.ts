import { readAllowedHosts } from './allowed-hosts.ts';
import { readPort } from './port.ts';
import { type RelayTarget, readRelayTarget } from './relay-target.ts';

/** Where the demo listens and sends on Node. */
interface NodeEnvironment {
  readonly port: number;
  readonly smtpPort: number;
  /** Undefined for the dev inbox. */
  readonly target: RelayTarget | undefined;
}

/**
 * Reads what the demo takes from its environment on Node.
 *
 * @throws {Error} One of the variables is wrong; the message says which.
 */
export function readNodeEnvironment(): NodeEnvironment {
  const port = readPort('PORT', 8787);
  const smtpPort = readPort('SMTP_PORT', 2525);
  if (port === smtpPort) throw new Error(`Set SMTP_PORT to another port than PORT, which is ${port} too`);
  return { port, smtpPort, target: readRelayTarget(process.env.RELAY_TARGET) };
}

/** Where the demo listens as a Worker, and what it hands on to wrangler. */
export interface WorkerEnvironment {
  readonly port: number;
  readonly allowedHosts: string | undefined;
  readonly persistTo: string | undefined;
}

/**
 * Reads what the demo takes from its environment as a Worker.
 *
 * @throws {Error} One of the variables is wrong; the message says which.
 */
export function readWorkerEnvironment(): WorkerEnvironment {
  const { ALLOWED_HOSTS: allowedHosts, PERSIST_TO: persistTo } = process.env;
  // The Worker would throw it at every request.
  readAllowedHosts(allowedHosts);
  return { port: readPort('PORT', 8787), allowedHosts, persistTo };
}
