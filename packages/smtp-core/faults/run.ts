import { matrix } from './matrix.ts';

/** Plays the whole matrix and prints what it counted; the exit code tells whether anything was wrong. */
const SHOWN = 20;
const counts = new Map<string, number>();
const wrong: string[] = [];
const start = performance.now();
for await (const { family, name, run } of matrix()) {
  counts.set(family, (counts.get(family) ?? 0) + 1);
  for (const complaint of await run()) wrong.push(`${family}: ${name}: ${complaint}`);
}
for (const [family, count] of counts) console.log(`${String(count).padStart(7)}  ${family}`);
const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${String(total).padStart(7)}  cases, ${wrong.length} complaints, ${Math.round(performance.now() - start)} ms`,
);
for (const line of wrong.slice(0, SHOWN)) console.log(line);
process.exitCode = wrong.length === 0 ? 0 : 1;
