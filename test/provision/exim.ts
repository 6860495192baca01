import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from './debian.ts';

const PACKAGE = 'exim4-daemon-light';

/** Exim, unpacked out of its Debian package where that has not been done: it and Postfix cannot both be installed. */
export function eximPath(): string {
  const cache = join(tmpdir(), `posthaste-${PACKAGE}`);
  const program = join(cache, 'usr', 'sbin', 'exim4');
  if (existsSync(program)) return program;
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-unpack-'));
  try {
    download(PACKAGE, folder);
    const archive = readdirSync(folder).find(name => name.endsWith('.deb'))!;
    execFileSync('dpkg-deb', ['-x', join(folder, archive), join(folder, 'root')], { stdio: 'ignore' });
    renameSync(join(folder, 'root'), cache);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(program)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return program;
}
