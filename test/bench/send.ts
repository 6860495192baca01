// Sends many small messages, then a few large ones, over one connection; peers take turns in the same run. Postfix's
// smtp-sink knows DATA alone, where every message waits for one answer at least; a server of ours offers CHUNKING, where
// many leave in one write. A message is a handful of wake-ups, and waking another CPU can cost more than the message, above all in a
// virtual machine: with client and server on one CPU the times are those of the work itself.
import { startSmtpSink } from '../peer/smtp-sink.ts';
import { median } from './mime-rounds.ts';
import { allowedCpus, stayOn } from './placement.ts';
import { cast } from './relay-cast.ts';
import { contestants, messageOf, nodemailerPool, ours, smtpSource } from './send-contestants.ts';

const WARM_UP_ROUNDS = 3;
const SMALL = {
  messages: Number(process.argv[2] ?? 2000),
  octets: 4096,
  rounds: 9,
  targets: [4, 1.2],
} as const;
const LARGE = { messages: 4, octets: 25 * 1_048_576, rounds: 7, targets: [1.5, 1] } as const;

type Load = typeof SMALL | typeof LARGE;

/** Median milliseconds that each contestant takes for a load. */
async function race(port: number, { messages, octets, rounds }: Load): Promise<Map<string, number>> {
  const content = messageOf(octets);
  const times = new Map<string, number[]>(Object.keys(contestants).map(name => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    const turn = Object.entries(contestants);
    for (const [name, send] of round % 2 === 0 ? turn : turn.toReversed()) {
      const start = performance.now();
      await send(port, messages, content);
      if (round >= WARM_UP_ROUNDS) times.get(name)!.push(performance.now() - start);
    }
  }
  return new Map(Array.from(times, ([name, list]) => [name, median(list)]));
}

function report(server: string, load: Load, times: ReadonlyMap<string, number>): void {
  const { messages, octets, rounds, targets } = load;
  console.log(`\n${messages} messages of ${octets} octets to ${server}, median of ${rounds} rounds`);
  for (const [name, ms] of times) {
    const speed = (messages * octets) / 1_048_576 / (ms / 1000);
    console.log(
      `  ${name.padEnd(26)}${(messages / (ms / 1000)).toFixed(octets > 1e6 ? 1 : 0).padStart(8)}/s` +
        `${speed.toFixed(0).padStart(7)} MiB/s${(ms / times.get(ours)!).toFixed(2).padStart(8)}x the time`,
    );
  }
  for (const [i, peer] of [nodemailerPool, smtpSource].entries()) {
    const ratio = times.get(peer)! / times.get(ours)!;
    const verdict = ratio >= targets[i]! ? 'reaches' : 'BELOW';
    console.log(`  ${ours}: ${ratio.toFixed(2)} times as fast as ${peer}, ${verdict} ${targets[i]}`);
  }
}

async function run(place: string): Promise<void> {
  console.log(`\n${place}`);
  const sink = await startSmtpSink({ keep: false });
  for (const load of [SMALL, LARGE]) report('smtp-sink', load, await race(sink.port, load));
  await sink.stop();
  const server = await cast({ role: 'mail-server' });
  report('listen(), which offers CHUNKING', SMALL, await race(server.port, SMALL));
  server.stop();
}

const cpus = allowedCpus();
if (cpus !== undefined) {
  stayOn(/\d+$/.exec(cpus)![0]);
  await run('Client and server on one CPU');
  stayOn(cpus);
}
await run('Client and server wherever the system puts them');
