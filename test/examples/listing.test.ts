import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examples } from './program.ts';

const programs = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter(path =>
  path.endsWith('.ts'),
);

test('the README lists every program, and a test runs it', () => {
  const readme = readFileSync(join(examples, 'README.md'), 'utf8');
  const tests = readdirSync(import.meta.dirname)
    .filter(name => name.endsWith('.test.ts'))
    .map(name => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  expect(programs.length).toBeGreaterThan(15);
  expect(programs.filter(path => !readme.includes(`(${path})`))).toEqual([]);
  expect(programs.filter(path => !tests.includes(path) && path !== 'queue-worker/worker.ts')).toEqual([]);
});
