import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PostOfficeAddress } from '../peer/post-office.ts';
import type { Verdict } from './alone.ts';
import type { Capability } from './case.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = join(folder, '..', '..', 'node_modules', '.bin');

/** Runs the contract in another runtime's process and gives a verdict for each case. */
export async function runElsewhere(
  program: string,
  args: readonly string[],
  office: PostOfficeAddress,
  capabilities: readonly Capability[],
): Promise<Verdict[]> {
  const env = {
    ...process.env,
    PATH: `${programs}${delimiter}${process.env.PATH}`,
    POST_OFFICE: JSON.stringify(office),
    CAPABILITIES: JSON.stringify(capabilities),
  };
  const { stdout } = await promisify(execFile)(program, [...args, 'alone.ts'], {
    cwd: folder,
    env,
    timeout: 300_000,
  });
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Verdict);
}
