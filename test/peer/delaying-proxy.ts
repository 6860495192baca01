import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a path between two machines behaves. */
export interface Path {
  /** How long octets are on their way, in milliseconds, for each chunk anew. */
  delay(): number;
  /** Octets on their way at a time, in each direction; default 64 KiB. */
  readonly inFlight?: number;
}

/** A TCP path to a port, as long as one likes. */
export interface DelayingProxy {
  readonly port: number;
  /** Octets that arrived at the far end. */
  readonly arrived: number;
  /** Breaks every connection, at both ends. */
  cut(): void;
  stop(): Promise<void>;
}

/** Listens on a free loopback port for connections to another one. */
export async function startDelayingProxy(
  target: number,
  { delay, inFlight = 65_536 }: Path,
): Promise<DelayingProxy> {
  let arrived = 0;
  const ends = new Set<Socket>();
  const carry = (from: Socket, to: Socket, count: (octets: number) => void) => {
    let under = 0;
    let next = performance.now();
    const waiting: (() => void)[] = [];
    const later = (act: () => void) => {
      // TCP keeps the order: nothing overtakes what left before it.
      next = Math.max(next, performance.now() + delay());
      waiting.push(act);
      setTimeout(() => waiting.shift()!(), Math.max(0, next - performance.now()));
    };
    from.on('data', (chunk: Buffer) => {
      under += chunk.length;
      if (under > inFlight) from.pause();
      later(() => {
        const release = () => {
          under -= chunk.length;
          if (under <= inFlight) from.resume();
        };
        count(chunk.length);
        if (to.destroyed || to.write(chunk)) release();
        else to.once('drain', release);
      });
    });
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => ends.delete(from));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, near => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    for (const end of [near, far]) ends.add(end);
    carry(near, far, octets => {
      arrived += octets;
    });
    carry(far, near, () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get arrived() {
      return arrived;
    },
    cut,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        cut();
      }),
  };
}
