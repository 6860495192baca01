import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { packages, root } from './source-file.ts';

const run = promisify(execFile);

/** Runs a program of node_modules and gives what it printed, whatever its exit code. */
async function output(program: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const path = join(root, 'node_modules', '.bin', program);
  try {
    const { stdout, stderr } = await run(path, args, { cwd: root, maxBuffer: 16 << 20 });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

const manifest = (path: string) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));

describe('each package is a door that opens', () => {
  test.each(packages)('%s passes publint', async name => {
    expect(await output('publint', `packages/${name}`, '--strict')).toMatchObject({ code: 0 });
  });

  test.each(packages)('%s has types that every resolver finds', async name => {
    const checked = await output(
      'attw',
      '--pack',
      `packages/${name}`,
      '--profile',
      'esm-only',
      '--format',
      'ascii',
    );
    expect(checked.code, checked.text).toBe(0);
  });

  test('the pure packages depend on nothing', () => {
    for (const name of ['mime', 'smtp-core']) {
      const { dependencies, peerDependencies, optionalDependencies } = manifest(`packages/${name}`);
      expect({ dependencies, peerDependencies, optionalDependencies }).toEqual({});
    }
  });

  test('no package has side effects, and each is MIT', () => {
    for (const name of packages) {
      expect(manifest(`packages/${name}`)).toMatchObject({
        sideEffects: false,
        license: 'MIT',
        type: 'module',
      });
    }
  });
});

test('every version is pinned exactly, and the lockfile names no registry', () => {
  const loose = ['', 'apps/demo', 'test', ...packages.map(name => `packages/${name}`)].flatMap(path => {
    const { dependencies, devDependencies, optionalDependencies } = manifest(path);
    return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))
      .map(([dependency, version]) => `${path}: ${dependency}@${version}`);
  });
  expect(loose).toEqual([]);
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/);
});

test('nothing is left lying about: no unused file, export or dependency', async () => {
  const checked = await output('knip', '--no-progress');
  expect(checked.code, checked.text).toBe(0);
});
