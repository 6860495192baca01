import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a path ends: both ends hear of it, or neither does. */
export type Ending = 'cut' | 'vanish';

/** Where a path ends by itself: behind so many octets in one direction. */
export interface Cut {
  readonly direction: 'up' | 'down';
  readonly octets: number;
  readonly how: Ending;
}

/** A TCP path to a port, until it breaks. */
export interface CuttingProxy {
  readonly port: number;
  /** Octets that were carried to the far end, and back. */
  readonly carried: { readonly up: number; readonly down: number };
  /** Settles once everybody who connected here has hung up. */
  deserted(): Promise<void>;
  /** Breaks every connection. */
  break(how: Ending): void;
  stop(): Promise<void>;
}

/** Listens on a free loopback port for connections to another one. */
export async function startCuttingProxy(target: number, cut?: Cut): Promise<CuttingProxy> {
  const carried = { up: 0, down: 0 };
  const ends = new Set<Socket>();
  const clients: Promise<unknown>[] = [];
  let vanished = false;
  const breakOff = () => {
    for (const end of ends) end.destroy();
  };
  const carry = (direction: 'up' | 'down', from: Socket, to: Socket) => {
    from.on('data', (chunk: Buffer) => {
      if (vanished) return;
      const left = cut?.direction === direction ? cut.octets - carried[direction] : chunk.length;
      const part = chunk.subarray(0, left);
      carried[direction] += part.length;
      const full = part.length > 0 && !to.write(part);
      if (part.length < chunk.length || (cut?.direction === direction && left === part.length)) {
        if (cut?.how === 'vanish') vanished = true;
        // What was carried arrives before the end does.
        else to.end(() => setImmediate(breakOff));
      } else if (full) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => vanished || to.end());
    from.on('error', () => vanished || to.destroy());
    from.on('close', () => ends.delete(from));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, near => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    for (const end of [near, far]) ends.add(end);
    clients.push(new Promise(resolve => near.once('end', resolve).once('close', resolve)));
    carry('up', near, far);
    carry('down', far, near);
    if (cut?.octets === 0 && cut.how === 'cut') breakOff();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    carried,
    async deserted() {
      await Promise.all(clients);
    },
    break(how) {
      if (how === 'cut') breakOff();
      else vanished = true;
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        breakOff();
      }),
  };
}
