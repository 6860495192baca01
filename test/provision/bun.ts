import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The Bun that npm installed: where its platform package brought it, or where its install script moves it. */
export function bunPath(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const brought = require.resolve(`@oven/bun-${platform}-${arch}/package.json`);
  const ending = process.platform === 'win32' ? '.exe' : '';
  const paths = [
    join(dirname(brought), 'bin', `bun${ending}`),
    join(dirname(require.resolve('bun/package.json')), 'bin', 'bun.exe'),
  ];
  return paths.find(path => existsSync(path))!;
}
