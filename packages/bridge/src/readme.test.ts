import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the program of the README runs', async () => {
  const home = fileURLToPath(new URL('..', import.meta.url));
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(home, 'README.md'), 'utf8'))![1]!;
  // Inside the package, so that its name is found as it would be by whoever installed it.
  const folder = mkdtempSync(join(home, '.readme-'));
  try {
    writeFileSync(join(folder, 'program.ts'), program);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.ts')]);
    expect(stdout).toBe(
      "received [ 'bob@example.net' ] 30\naccepted [ 'bob@example.net' ] rejected [ 'eve@example.com 550' ]\n",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
