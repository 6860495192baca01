import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { packages, root } from './source-file.ts';

const manifest = (path: string) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));

describe('each package is a door that opens', () => {
  test.each(packages)('%s passes publint', async name => {
    expect(await runProgram('publint', [`packages/${name}`, '--strict'])).toMatchObject({ code: 0 });
  });

  test.each(packages)('%s has types that every resolver finds', async name => {
    const args = ['--pack', `packages/${name}`, '--profile', 'esm-only', '--format', 'ascii'];
    const checked = await runProgram('attw', args);
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
      // npm packs the license of the package's own folder alone.
      const license = readFileSync(join(root, 'packages', name, 'LICENSE'), 'utf8');
      expect(license).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
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
  const checked = await runProgram('knip', ['--no-progress']);
  expect(checked.code, checked.text).toBe(0);
});
