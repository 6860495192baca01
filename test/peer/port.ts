import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below the ports that systems hand out by themselves, to outgoing connections and to who listens on any port. */
const LOWEST_PORT = 15_000;
const PORT_PAIRS = 7_500;
const MOST_ATTEMPTS = 1_000;

/**
 * A free port on the loopback address that no other test is given as long as this process lives.
 *
 * Ports go in pairs. Who listens on the odd one may have the even one: the system sees to it that only one can, and takes
 * the claim back however the process ends.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const port = LOWEST_PORT + 2 * Math.floor(Math.random() * PORT_PAIRS);
    const claim = await tryListening(port + 1);
    if (claim === undefined) continue;
    const probe = await tryListening(port);
    (probe ?? claim).close();
    await once(probe ?? claim, 'close');
    if (probe === undefined) continue;
    claim.unref();
    return port;
  }
  throw new Error(`Free some ports from ${LOWEST_PORT} on: ${MOST_ATTEMPTS} were all taken`);
}

async function tryListening(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

/** Waits until every one of these loopback ports is listened on. */
export async function untilListening(ports: readonly number[], signal: AbortSignal): Promise<void> {
  for (const port of ports) while (!(await accepts(port))) await sleep(25, undefined, { signal });
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
