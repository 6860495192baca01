import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './source-file.ts';

const run = promisify(execFile);

/** What a program printed, and how it ended. */
export interface Output {
  readonly code: number;
  /** Standard output alone: warnings of the runtime go to the other one. */
  readonly stdout: string;
  /** Standard output, then standard error. */
  readonly text: string;
}

/** Runs a program of node_modules from a folder of the repository; a failure is an exit code, not an exception. */
export async function runProgram(program: string, args: readonly string[], folder = '.'): Promise<Output> {
  const path = join(root, 'node_modules', '.bin', program);
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1', FORCE_COLOR: undefined };
  try {
    const { stdout, stderr } = await run(path, args, { cwd: join(root, folder), env, maxBuffer: 16 << 20 });
    return { code: 0, stdout, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, text: stdout + stderr };
  }
}
