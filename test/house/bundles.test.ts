import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
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

// Minified and brotli-compressed, each file by itself, as a browser would fetch it.
test('the compose page draws its form with a quarter of its scripts, and all of them fit their budget', () => {
  const drawing = octetsOf(scriptsBehind('compose.js'));
  const all = octetsOf(scriptsBehind('compose.js', 'sender.js'));
  expect(drawing).toBeGreaterThan(0);
  expect(drawing).toBeLessThanOrEqual(all / 4);
  expect(all).toBeLessThanOrEqual(64_000);
});

/** The built scripts of these names and all that they import before they run, each once. */
function scriptsBehind(...names: readonly string[]): string[] {
  const built = new Map(
    filesBelow('apps/demo/dist/client', /\.js$/).map(file => [basename(file.path), file.text]),
  );
  const found = new Set(names);
  // A set goes on to what is added to it meanwhile.
  for (const name of found)
    for (const [, imported] of built.get(name)!.matchAll(/\bfrom\s*["']\.\/([^"']+)["']/g))
      found.add(imported!);
  return [...found].map(name => built.get(name)!);
}

function octetsOf(scripts: readonly string[]): number {
  return scripts.reduce((sum, text) => sum + brotliCompressSync(text).length, 0);
}
