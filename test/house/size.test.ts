import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { root } from './source-file.ts';

interface Measured {
  readonly name: string;
  readonly passed: boolean;
  readonly size: number;
  readonly sizeLimit: number;
}

// Minified and brotli-compressed by size-limit, as a browser would fetch it.
test('every import fits its budget', async () => {
  const budgets = JSON.parse(readFileSync(join(root, '.size-limit.json'), 'utf8')) as unknown[];
  const { text } = await runProgram('size-limit', ['--json']);
  const measured = JSON.parse(text.slice(text.indexOf('['))) as Measured[];
  expect(measured).toHaveLength(budgets.length);
  const over = measured.filter(each => !each.passed);
  expect(over.map(each => `${each.name}: ${each.size} of ${each.sizeLimit} octets`)).toEqual([]);
});
