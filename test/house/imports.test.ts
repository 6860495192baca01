import { dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, importsOf, isTest, packages, type SourceFile, sourcesOf } from './source-file.ts';

/** Which packages a package may import: the arrows of the house. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  mime: [],
  'smtp-core': [],
  bridge: ['smtp-core'],
  mailer: ['mime', 'bridge', 'smtp-core'],
};

/** What only the relay's hosts may import; a user who runs no relay never installs them. */
const RELAY_HOST_PEERS = /^(hono|@hono\/node-server|ws)(\/|$)/;

/** Runtime modules, and the one file name that may know each. */
const RUNTIME_FILES: readonly [RegExp, string][] = [
  [/^node:/, 'node.ts'],
  [/^cloudflare:/, 'workerd.ts'],
];

function complaints(owner: string, file: SourceFile): string[] {
  return importsOf(file).flatMap(specifier => {
    const complain = (why: string) => [`${file.path} imports ${specifier}: ${why}`];
    if (specifier.startsWith('.')) {
      const target = posix.join(dirname(file.path), specifier);
      if (!target.startsWith(`packages/${owner}/src/`)) return complain('leaves its package');
      return /\.[jt]sx?$/.test(specifier) ? [] : complain('names no extension');
    }
    if (specifier.startsWith('#')) return [];
    for (const [runtime, name] of RUNTIME_FILES) {
      if (runtime.test(specifier)) {
        return file.path.endsWith(`/${name}`) ? [] : complain(`only ${name} may`);
      }
    }
    const own = /^@posthaste\/([^/]+)/.exec(specifier)?.[1];
    if (own !== undefined) return MAY_IMPORT[owner]!.includes(own) ? [] : complain('runs against the arrows');
    const isRelayHost = /\/bridge\/src\/relay\/(node|workerd)\.ts$/.test(file.path);
    return isRelayHost && RELAY_HOST_PEERS.test(specifier) ? [] : complain('is a dependency');
  });
}

describe('imports run one way', () => {
  test.each(packages)('%s', owner => {
    const sources = sourcesOf(owner);
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.flatMap(file => complaints(owner, file))).toEqual([]);
  });

  test('only deno.ts names the Deno global', () => {
    const offenders = packages.flatMap(sourcesOf).filter(file => {
      const code = file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /\bDeno\./.test(code) && !file.path.endsWith('/deno.ts');
    });
    expect(offenders.map(file => file.path)).toEqual([]);
  });

  test('apps and tests enter packages by their public doors', () => {
    const guests = [...filesBelow('apps', /\.tsx?$/), ...filesBelow('test', /\.[mc]?tsx?$|\.mjs$/)];
    const offenders = guests.flatMap(file =>
      importsOf(file)
        .filter(specifier => /packages\/|@posthaste\/[^/]+\/(src|dist)\//.test(specifier))
        .map(specifier => `${file.path} imports ${specifier}`),
    );
    expect(offenders).toEqual([]);
  });
});

describe('no package imports itself in a circle', () => {
  test.each(packages)('%s', owner => {
    const files = new Map(sourcesOf(owner).map(file => [file.path, file]));
    // Types vanish when the code is built, so a circle of types alone is no circle.
    const edges = (path: string) =>
      importsOf({ path, text: files.get(path)!.text.replace(/(import|export) type [^;]*;/g, '') })
        .filter(specifier => specifier.startsWith('.'))
        .map(specifier => posix.join(dirname(path), specifier))
        .filter(target => files.has(target));
    expect(findCycle([...files.keys()], edges)).toEqual([]);
  });
});

/** The first circle found as a list of paths, or an empty list. */
function findCycle(nodes: readonly string[], edges: (node: string) => string[]): string[] {
  const done = new Set<string>();
  for (const start of nodes) {
    const path: string[] = [];
    const pending: (string | null)[] = [start];
    while (pending.length > 0) {
      const node = pending.pop()!;
      if (node === null) {
        done.add(path.pop()!);
        continue;
      }
      if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
      if (done.has(node)) continue;
      path.push(node);
      pending.push(null, ...edges(node));
    }
  }
  return [];
}

test('the rule sees its subject: tests are told from sources', () => {
  expect(isTest('packages/mime/src/fold.test.ts')).toBe(true);
  expect(
    importsOf({ path: 'x.ts', text: "import {\n a,\n} from './a.ts';\nawait import('node:net');" }),
  ).toEqual(['./a.ts', 'node:net']);
});
