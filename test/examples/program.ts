import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { authority } from '../peer/authority.ts';

/** Folder of the examples. */
export const examples: string = fileURLToPath(new URL('../../examples', import.meta.url));

/** What a program wrote and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Options of Node itself. */
  readonly node?: readonly string[];
}

/** Runs an example as a person would, but that it trusts the authority of the tests. */
export function runExample(
  path: string,
  args: readonly (string | number)[] = [],
  { env = {}, input = '', node = [] }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...node, `${examples}/${path}`, ...args.map(String)], {
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: authority().path, ...env },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  // A program that reads nothing may have ended before it is given anything.
  child.stdin.on('error', () => {}).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', status => resolve({ status, ...output }));
  });
}
