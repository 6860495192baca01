import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that cuts and delays connections as it is told. */
export interface ChaosProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Cuts every connection that is open now. */
  cut(): void;
  close(): Promise<void>;
}

/** What happens to one connection: cut after so many octets in a direction; every piece held back so long. */
export interface Fate {
  readonly cutUp?: number;
  readonly cutDown?: number;
  readonly delayMs?: number;
}

export async function chaosProxy(target: number, fateOf: (connection: number) => Fate): Promise<ChaosProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, client => {
    const fate = fateOf(connections++);
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true });
    sockets.add(client);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
      sockets.delete(client);
    };
    for (const socket of [client, upstream]) socket.on('error', cut).on('close', cut);
    forward(client, upstream, fate.cutUp, fate.delayMs, cut);
    forward(upstream, client, fate.cutDown, fate.delayMs, cut);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    get open() {
      return sockets.size;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

function forward(
  from: Socket,
  to: Socket,
  octets: number | undefined,
  delayMs: number | undefined,
  cut: () => void,
): void {
  let left = octets ?? Number.POSITIVE_INFINITY;
  from.on('data', data => {
    const piece = data.subarray(0, left);
    left -= piece.length;
    const pass = (): void => {
      if (left > 0) to.write(piece);
      else to.write(piece, cut);
    };
    if (delayMs === undefined) pass();
    else setTimeout(pass, delayMs);
  });
}

/** Numbers in [0, 1) from a seed (mulberry32): the same seed, the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
