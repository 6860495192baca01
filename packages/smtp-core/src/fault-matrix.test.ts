import { expect, test } from 'vitest';
import { type Case, generator, matrix } from '../faults/matrix.ts';

/** One case in so many is played here, chosen by a seed; all of them by faults/run.ts. */
const SHARE = 20;
const seed = Number(process.env.FAULT_SEED ?? 1);

test(`a sample of the fault matrix settles rightly (FAULT_SEED=${seed})`, { timeout: 120_000 }, async () => {
  const random = generator(seed);
  const families = new Set<string>();
  const wrong: string[] = [];
  let played = 0;
  const play = async ({ family, name, run }: Case) => {
    families.add(family);
    played++;
    for (const complaint of await run()) wrong.push(`${family}: ${name}: ${complaint}`);
  };
  for await (const each of matrix()) if (!families.has(each.family) || random() * SHARE < 1) await play(each);
  expect(wrong).toEqual([]);
  expect(families.size).toBe(13);
  expect(played).toBeGreaterThan(2000);
});
