import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whether packages can be installed without asking anyone: Debian or a relative, and root. */
export function canInstall(): boolean {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
}

/** Installs Debian packages; throws with apt's own words when it cannot. */
export function install(packages: readonly string[]): void {
  const refreshed = apt(['update', '-qq']);
  if (refreshed.status !== 0) throw new Error(`apt-get update failed\n${refreshed.stderr}`);
  const installed = apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  if (installed.status !== 0)
    throw new Error(`apt-get install ${packages.join(' ')} failed\n${installed.stderr}`);
}

function apt(args: readonly string[]): { status: number | null; stderr: string } {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Daemons that a package starts would inherit our stdout and keep a pipe behind us open.
  return spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}
