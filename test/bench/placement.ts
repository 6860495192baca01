import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from '../provision/requirement.ts';

/** CPUs that this process may use, as Linux lists them; undefined where it cannot be told to use fewer. */
export function allowedCpus(): string | undefined {
  if (process.platform !== 'linux' || findProgram('taskset') === undefined) return undefined;
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
}

/** Keeps this process, and what it starts from now on, on these CPUs. */
export function stayOn(cpus: string): void {
  const place = ['--all-tasks', '--cpu-list', '--pid', cpus, String(process.pid)];
  execFileSync(findProgram('taskset')!, place, { stdio: 'ignore' });
}
