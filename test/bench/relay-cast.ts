import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { mintRelayToken } from '@posthaste/bridge/relay';
import type { Part, Question } from './relay-process.ts';

export const secret = 'a-secret-of-the-benchmark-and-of-nobody-else';
export const origin = 'https://bench.test';

/** A process that plays a part, and the port to reach it by. */
export interface Player {
  readonly port: number;
  /** Asks for its memory in octets, or for the processor time that it has taken in microseconds. */
  ask(question: Question): Promise<number>;
  stop(): void;
}

/**
 * Starts a process with Node's defaults but for `flags`; `--expose-gc` lets it be asked for a collection and changes
 * nothing else. It is given JavaScript, as a relay that is installed: what strips types would weigh a dozen MB in it.
 */
export async function cast(part: Part, flags: readonly string[] = []): Promise<Player> {
  const program = stripTypeScriptTypes(readFileSync(new URL('./relay-process.ts', import.meta.url), 'utf8'));
  const child = spawn(process.execPath, ['--expose-gc', ...flags, '--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const port = await ask(child, part);
  return { port, ask: question => ask(child, question), stop: () => child.disconnect() };
}

function ask(child: ChildProcess, message: Part | Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The process ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', answer => {
      child.off('exit', onExit);
      resolve(answer as number);
    });
    child.send(message);
  });
}

export function mint(change: { readonly conns?: number; readonly jti?: string } = {}): Promise<string> {
  const grant = {
    sub: 'bench',
    org: [origin],
    from: ['@example.com'],
    bytes: Number.MAX_SAFE_INTEGER,
    ...change,
  };
  return mintRelayToken(grant, { kid: 'bench', secret });
}
