import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { describe, expect, test } from 'vitest';

const dist = (path: string) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));

/** Everything that a bundler of a runtime with these conditions takes in, and what it would leave to the runtime. */
async function bundle(
  entry: string,
  conditions: readonly string[],
): Promise<{ code: string; external: string[] }> {
  const external: string[] = [];
  const leaveToRuntime: Plugin = {
    name: 'leave-to-runtime',
    resolveId(id) {
      if (!/^(node|cloudflare):/.test(id)) return null;
      external.push(id);
      return { id, external: true };
    },
  };
  const build = await rolldown({
    input: dist(entry),
    // No conditions but the given ones.
    platform: 'neutral',
    resolve: { conditionNames: [...conditions, 'import'] },
    plugins: [leaveToRuntime],
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return { code: output.map(file => (file.type === 'chunk' ? file.code : '')).join('\n'), external };
}

describe('the built package', () => {
  test('leaves the choice of a connector to the importer', () => {
    expect(readFileSync(dist('index.js'), 'utf8') + readFileSync(dist('index.d.ts'), 'utf8')).toContain(
      '"#connect"',
    );
  });

  test.each([
    ['a browser', ['browser'], []],
    ['Workers', ['workerd', 'worker', 'browser'], ['cloudflare:sockets']],
    ['an unknown runtime', ['default'], []],
    ['Node', ['node'], ['node:net', 'node:os', 'node:tls']],
    ['Bun', ['bun', 'node'], ['node:net', 'node:os', 'node:tls']],
    ['Deno', ['deno', 'node'], ['node:net', 'node:os', 'node:tls']],
  ])('for %s reaches that runtime’s modules and no other', async (_, conditions, expected) => {
    const { code, external } = await bundle('index.js', conditions);
    expect([...new Set(external)].sort()).toEqual(expected);
    expect(code).toContain('openConnection');
    expect(code).not.toMatch(/["'`]#connect["'`]/);
  });

  test.each(['connect/websocket.js', 'connect/memory.js', 'relay/index.js'])(
    '%s runs in a browser and on Workers',
    async entry => {
      expect((await bundle(entry, ['browser'])).external).toEqual([]);
    },
  );

  test('importing it on Node loads no network module', async () => {
    const { code } = await bundle('index.js', ['node']);
    expect(code).not.toMatch(/^import[^;]*["']node:(net|tls)["']/m);
    expect(code).toMatch(/import\(["']node:net["']\)/);
  });
});
