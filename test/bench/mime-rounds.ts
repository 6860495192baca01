/** One library doing the job of a benchmark. */
export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

/** The median time of each contender, in microseconds a call. */
export type Standing = Map<string, number>;

/** Length of one turn: long enough for the clock, short enough for many rounds. */
const turnMs = 15;

/** Lets contenders take turns, so that whatever else the machine does strikes all of them alike. */
export async function race(contenders: readonly Contender[], rounds = 21): Promise<Standing> {
  const calls = new Map<string, number>();
  for (const { name, run } of contenders) {
    const start = performance.now();
    let count = 0;
    for (; performance.now() - start < 10 * turnMs; count++) await run();
    calls.set(name, Math.max(1, Math.round((count * turnMs) / (performance.now() - start))));
  }
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of contenders) {
      const count = calls.get(name)!;
      const start = performance.now();
      for (let call = 0; call < count; call++) {
        const result = run();
        if (result instanceof Promise) await result;
      }
      times.get(name)!.push(((performance.now() - start) * 1000) / count);
    }
  }
  return new Map(Array.from(times, ([name, list]) => [name, median(list)]));
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Prints how the first contender stands against each of the others. */
export function report(title: string, standing: Standing, octets?: number): void {
  const [[, ours] = ['', 0]] = standing;
  console.log(`\n${title}`);
  for (const [name, microseconds] of standing) {
    const speed =
      octets === undefined ? '' : `${(octets / microseconds / 1.048576).toFixed(0)} MiB/s`.padStart(12);
    const ratio = `${(microseconds / ours).toFixed(2)}x`;
    console.log(
      `  ${name.padEnd(34)}${microseconds.toFixed(2).padStart(12)} µs${speed}${ratio.padStart(10)}`,
    );
  }
}
