// Builds what has changed, then runs the demo in this very process, so that a signal which stops it stops all of it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readNodeEnvironment, readWorkerEnvironment } from './environment.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const workers = process.argv.includes('--workers');
checkEnvironment();
console.log('\n  Building the packages and the pages …');
const build = spawnSync(
  'turbo',
  ['run', 'build', '--filter=@posthaste/demo...', '--output-logs=errors-only'],
  {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  },
);
if (build.status === 0) {
  if (process.env.npm_lifecycle_event !== undefined) endWithShell();
  await import(workers ? './wrangler.ts' : '../dist/server/node.js');
} else {
  console.error(build.error?.message ?? build.stdout + build.stderr);
  process.exitCode = 1;
}

/** What is wrong is said before the build, which takes its time. */
function checkEnvironment(): void {
  try {
    if (workers) readWorkerEnvironment();
    else readNodeEnvironment();
  } catch (error) {
    console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

/** npm runs scripts in a shell and sends its signals to that alone: when the shell is gone, we have been stopped. */
function endWithShell(): void {
  const shell = process.ppid;
  setInterval(() => process.ppid !== shell && process.kill(process.pid, 'SIGTERM'), 250).unref();
}
