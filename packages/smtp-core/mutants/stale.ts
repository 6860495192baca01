import { readFileSync } from 'node:fs';
import type { Mutant } from './mutant.ts';
import { PARTS } from './part.ts';

/** Whether a mutant no longer finds the one place it changes. */
function isStale({ file, find }: Mutant): boolean {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
  return source.split(find).length !== 2;
}

/** Prints the stale ones; the exit code tells whether there is any. */
const stale = PARTS.flatMap(part => part.mutants).filter(isStale);
for (const { title, file } of stale) console.log(`${file} does not hold exactly once: ${title}`);
process.exitCode = stale.length === 0 ? 0 : 1;
