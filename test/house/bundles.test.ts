import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { filesBelow } from './source-file.ts';

const NODE_IMPORT = /\bfrom\s*["']node:|\bimport\s*\(?\s*["']node:|\brequire\(\s*["']node:/;

test('the rule sees its subject', () => {
  expect(
    ['import a from"node:fs"', "await import('node:net')", 'import "node:tls"'].every(s =>
      NODE_IMPORT.test(s),
    ),
  ).toBe(true);
});

test('wrangler builds the Worker, and no node: import is in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-worker-'));
  try {
    const built = await runProgram('wrangler', ['deploy', '--dry-run', '--outdir', folder], 'apps/demo');
    expect(built.code, built.text).toBe(0);
    const scripts = readdirSync(folder).filter(name => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    for (const name of scripts) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(NODE_IMPORT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('no node: import is in what the browser loads', () => {
  const scripts = filesBelow('apps/demo/dist/client', /\.js$/);
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter(file => NODE_IMPORT.test(file.text)).map(file => file.path)).toEqual([]);
});
