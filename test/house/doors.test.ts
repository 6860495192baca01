import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram } from './program.ts';
import { packages, root } from './source-file.ts';

const manifest = (path: string) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));

/** Entry points whose declarations are for every runtime: those of hosts need the host's own types. */
function pageEntries(name: string): string[] {
  const { exports } = manifest(`packages/${name}`);
  return Object.keys(exports)
    .filter(path => !/node|workerd|deno|json$/.test(path))
    .map(path => `@posthaste/${name}${path.slice(1)}`);
}

describe('each package is a door that opens', () => {
  test.each(packages)('%s passes publint', async name => {
    expect(await runProgram('publint', [`packages/${name}`, '--strict'])).toMatchObject({ code: 0 });
  });

  test.each(packages)('%s has types that every resolver finds', async name => {
    const args = ['--pack', `packages/${name}`, '--profile', 'esm-only', '--format', 'ascii'];
    const checked = await runProgram('attw', args);
    expect(checked.code, checked.text).toBe(0);
  });

  test.each<[string, object, string]>([
    ['ES2022 and a page', { lib: ['es2022', 'dom'], types: [] }, 'CryptoKey'],
    ['ES2023 and the types of Node', { lib: ['es2023'], types: ['node'] }, 'webcrypto.CryptoKey'],
  ])('each has types that need no more than %s', async (_, needed, cryptoKey) => {
    const folder = mkdtempSync(join(root, 'test', '.importer-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const entries = packages.flatMap(name => pageEntries(name));
    expect(entries).toContain('@posthaste/bridge/websocket');
    const lines = [
      ...(cryptoKey === 'CryptoKey' ? [] : ["import type { webcrypto } from 'node:crypto';"]),
      ...entries.map((entry, n) => `export * as entry${n} from '${entry}';`),
      // A name that a declaration may not have is `any` to those who skip checking it.
      "import type { DkimOptions } from '@posthaste/mime/dkim';",
      `export const key = (privateKey: ${cryptoKey}): Pick<DkimOptions, 'privateKey'> => ({ privateKey });`,
      '// @ts-expect-error: a number is no key',
      'export const none = (privateKey: number): Pick<DkimOptions, "privateKey"> => ({ privateKey });',
    ];
    writeFileSync(join(folder, 'importer.ts'), lines.join('\n'));
    const compilerOptions = {
      ...{ target: 'es2022', module: 'nodenext', strict: true, noEmit: true },
      ...needed,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const checked = await runProgram('tsc', ['-p', folder]);
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
