import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The Bun that npm installed for this platform. Its package moves the program into place in an install script, which
 * we do not run; it lies ready all the same.
 */
export function bunPath(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const manifest = createRequire(import.meta.url).resolve(`@oven/bun-${platform}-${arch}/package.json`);
  return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
}
