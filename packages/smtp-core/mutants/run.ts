import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';
import { PARTS } from './part.ts';

/**
 * Puts each fault into a copy of the package, runs its tests there and prints which of them noticed; the exit code
 * tells whether all did. A word on the command line chooses mutants by their title.
 */
const home = resolve(fileURLToPath(new URL('..', import.meta.url)));
const house = resolve(home, '../..');
const modules = join(house, 'node_modules');
const place = mkdtempSync(join(tmpdir(), 'mutants-'));
const copy = join(place, 'packages/smtp-core');
/** A mutant that hangs is caught too. */
const TIMEOUT_MS = 300_000;
/** A slow machine alone must not count as a test that noticed. */
const TEST_TIMEOUT_MS = 120_000;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs tests of the copy, all of them unless told; gives the titles of those that failed. */
function failures(tests: readonly string[] = []): Promise<string[]> {
  const output = join(copy, 'report.json');
  rmSync(output, { force: true });
  const options = { cwd: copy, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
  const vitest = join(modules, 'vitest/vitest.mjs');
  const args = [
    vitest,
    'run',
    ...tests,
    '--bail',
    '3',
    '--testTimeout',
    `${TEST_TIMEOUT_MS}`,
    '--reporter',
    'json',
    '--outputFile',
    output,
  ];
  return new Promise(settle => {
    execFile(process.execPath, args, options, error => {
      if (error?.killed) return settle(['no end within the time']);
      const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report;
      settle(
        testResults.flatMap(({ name, message, assertionResults }) => {
          const failed = assertionResults.filter(({ status }) => status === 'failed');
          const file = name.replace(/^.*\/src\//, '');
          if (failed.length === 0 && message) return [`${file}: ${message.split('\n')[0]}`];
          return failed.map(({ fullName }) => `${file}: ${fullName.trim()}`);
        }),
      );
    });
  });
}

async function caught({ title, file, find, replace }: Mutant, tests: readonly string[]): Promise<boolean> {
  const path = join(copy, 'src', file);
  const source = readFileSync(path, 'utf8');
  const at = source.indexOf(find);
  if (at < 0 || source.indexOf(find, at + 1) >= 0) {
    console.log(`STALE   ${title}: ${file} does not hold the text exactly once`);
    return false;
  }
  writeFileSync(path, source.slice(0, at) + replace + source.slice(at + find.length));
  const first = await failures(tests);
  const failed = first.length > 0 ? first : await failures();
  writeFileSync(path, source);
  console.log(`${failed.length > 0 ? 'caught ' : 'MISSED '} ${title}`);
  for (const name of failed.slice(0, 3)) console.log(`        by ${name}`);
  return failed.length > 0;
}

try {
  cpSync(home, copy, { recursive: true, filter: path => !/\/(?:node_modules|coverage)$/.test(path) });
  for (const part of ['tsconfig.base.json', 'docs', 'test/property'])
    cpSync(join(house, part), join(place, part), { recursive: true });
  symlinkSync(modules, join(place, 'node_modules'));
  const sound = await failures();
  if (sound.length > 0)
    throw new Error(`Repair the tests first, they fail without a mutant: ${sound.join('; ')}`);
  let [count, total] = [0, 0];
  for (const { tests, mutants } of PARTS)
    for (const mutant of mutants) {
      if (!mutant.title.includes(process.argv[2] ?? '')) continue;
      total++;
      if (await caught(mutant, tests)) count++;
    }
  console.log(`${count} of ${total} mutants caught`);
  process.exitCode = count === total ? 0 : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
