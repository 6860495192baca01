import { once } from 'node:events';
import { WebSocket } from 'ws';
import { cast, mint, origin, type Player, secret } from './relay-cast.ts';

/**
 * The relay in bytes mode beside a plain pipe of `ws` and `net`, rounds interleaved; MiB a second and ratios, medians. What
 * the clock says depends on who shares a CPU with whom; `work` is what a second of the process's own time carries.
 */
const mebibytes = Number(process.argv[2] ?? 200);
const rounds = 7;
const total = mebibytes * 1_048_576;
const block = new Uint8Array(65_536);

/** Joins a WebSocket to the TCP server behind `player`, under credit if it has a window. */
async function join(player: Player, window: number) {
  const credit = window > 0;
  const webSocket = new WebSocket(`ws://127.0.0.1:${player.port}/relay`, credit ? 'smtp-bridge.v1' : [], {
    origin,
    perMessageDeflate: false,
  });
  await once(webSocket, 'open');
  let allowed = credit ? 0 : Number.POSITIVE_INFINITY;
  let wake = (): void => {};
  let heard = 0;
  let consumed = 0;
  webSocket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      heard += data.length;
      consumed += data.length;
      if (credit && consumed >= window / 2) {
        webSocket.send(JSON.stringify({ t: 'credit', n: consumed }));
        consumed = 0;
      }
    } else {
      const control = JSON.parse(String(data));
      if (control.t === 'opened') allowed += control.window;
      if (control.t === 'credit') allowed += control.n;
      if (control.t === 'error') throw new Error(control.code);
    }
    wake();
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise<void>(resolve => (wake = resolve));
  };
  if (credit) {
    webSocket.send(JSON.stringify({ t: 'open', v: 1, token: await mint(), target: 'default', window }));
    await until(() => allowed > 0);
  } else {
    // The pipe has connected once the server can be heard of; octets before that wait in it.
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const send = (octets: Uint8Array): Promise<void> | undefined => {
    allowed -= octets.length;
    if (webSocket.bufferedAmount < 1_048_576) {
      webSocket.send(octets);
      return undefined;
    }
    return new Promise(resolve => webSocket.send(octets, () => resolve()));
  };
  return {
    async up() {
      for (let sent = 0; sent < total; sent += block.length) {
        if (allowed < block.length) await until(() => allowed >= block.length);
        await send(block);
      }
      await until(() => heard === 1);
    },
    async down() {
      await send(new Uint8Array([0x3c]));
      await until(() => heard === total);
    },
    close: () => webSocket.terminate(),
  };
}

const tcp = await cast({ role: 'tcp', total });
const target = { port: tcp.port, mode: 'bytes' } as const;
const pipe = await cast({ role: 'pipe', port: tcp.port });
const contenders = await Promise.all(
  [262_144, 1_048_576].map(async window => ({
    name: `relay, window ${window / 1024} KiB`,
    window,
    player: await cast({ role: 'relay', secret, target, window }),
  })),
);
const all = [{ name: 'ws + net', window: 0, player: pipe }, ...contenders];
const speeds = new Map<string, number[]>();
const works = new Map<string, number[]>();
for (let round = 0; round <= rounds; round++) {
  for (const direction of ['up', 'down'] as const) {
    for (const { name, window, player } of round % 2 === 0 ? all : all.toReversed()) {
      const joined = await join(player, window);
      const taken = await player.ask('processor time');
      const started = performance.now();
      await joined[direction]();
      const speed = mebibytes / ((performance.now() - started) / 1000);
      const work = mebibytes / (((await player.ask('processor time')) - taken) / 1e6);
      joined.close();
      const key = `${direction} ${name}`;
      // The first round warms up.
      if (round > 0) {
        speeds.set(key, [...(speeds.get(key) ?? []), speed]);
        works.set(key, [...(works.get(key) ?? []), work]);
      }
    }
  }
}
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[rounds >> 1]!;
/** Each round against the pipe's of the same round: what else the machine does slows both. */
const ratio = (figures: ReadonlyMap<string, readonly number[]>, direction: string, name: string) => {
  const pipes = figures.get(`${direction} ws + net`)!;
  const ratios = figures.get(`${direction} ${name}`)!.map((figure, round) => figure / pipes[round]!);
  return Math.round(median(ratios) * 100) / 100;
};
console.table(
  Object.fromEntries(
    all.map(({ name }) => [
      name,
      {
        'up MiB/s': Math.round(median(speeds.get(`up ${name}`)!)),
        'up ratio': ratio(speeds, 'up', name),
        'up work': ratio(works, 'up', name),
        'down MiB/s': Math.round(median(speeds.get(`down ${name}`)!)),
        'down ratio': ratio(speeds, 'down', name),
        'down work': ratio(works, 'down', name),
      },
    ]),
  ),
);
for (const { player } of [...all, { player: tcp }]) player.stop();
