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

/** Downloads a Debian package into a folder; throws with apt's own words when it cannot. */
export function download(name: string, folder: string): void {
  const fetched = () => apt(['download', '-qq', name], folder);
  // Without a list of packages, or with an old one, apt cannot find it.
  if (fetched().status === 0) return;
  apt(['update', '-qq']);
  const { status, stderr } = fetched();
  if (status !== 0) throw new Error(`apt-get download ${name} failed\n${stderr}`);
}

/** Lets a mirror that stutters, or somebody else's apt, have their time. */
const PATIENCE = ['-o', 'Acquire::Retries=5', '-o', 'DPkg::Lock::Timeout=300'];

function apt(args: readonly string[], cwd?: string): { status: number | null; stderr: string } {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Daemons that a package starts would inherit our stdout and keep a pipe behind us open.
  return spawnSync('apt-get', [...PATIENCE, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    ...(cwd !== undefined && { cwd }),
  });
}
