import { type ChildProcess, fork } from 'node:child_process';
import { mintRelayToken } from '@posthaste/bridge/relay';
import type { Part } from './relay-process.ts';

export const secret = 'a-secret-of-the-benchmark-and-of-nobody-else';
export const origin = 'https://bench.test';

/** A process that plays a part, and the port to reach it by. */
export interface Player {
  readonly port: number;
  /** Resident memory in octets, after a garbage collection. */
  memory(): Promise<number>;
  stop(): void;
}

/**
 * @param flags Of Node, as an operator would give them.
 * @param env Variables of the process beside those of this one.
 */
export async function cast(
  part: Part,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Player> {
  const child = fork(new URL('./relay-process.ts', import.meta.url), {
    execArgv: ['--expose-gc', ...flags],
    env: { ...process.env, ...env },
  });
  const port = await ask(child, part);
  return { port, memory: () => ask(child, 'memory'), stop: () => child.disconnect() };
}

function ask(child: ChildProcess, message: Part | 'memory'): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', answer => resolve(answer as number));
    child.once('exit', code => reject(new Error(`The process ended with ${code}`)));
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
