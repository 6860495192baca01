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
const { stdout } = await runProgram('size-limit', ['--json']);
const measured = JSON.parse(stdout.slice(stdout.indexOf('['), stdout.lastIndexOf(']') + 1)) as Measured[];
const sizeOf = (name: string) => measured.find(each => each.name === name)!.size;

test('every import fits its budget', () => {
  const budgets = JSON.parse(readFileSync(join(root, '.size-limit.json'), 'utf8')) as unknown[];
  expect(measured).toHaveLength(budgets.length);
  const over = measured.filter(each => !each.passed);
  expect(over.map(each => `${each.name}: ${each.size} of ${each.sizeLimit} octets`)).toEqual([]);
});

// Alone it brings its base64 along, which a client has anyway.
test('the largest mechanism adds at most 1 KiB to a client, and no client has it unasked', () => {
  const added = sizeOf('smtp-core: SmtpClient and scramSha256') - sizeOf('smtp-core: SmtpClient');
  expect(added).toBeGreaterThan(512);
  expect(added).toBeLessThanOrEqual(1024);
});
