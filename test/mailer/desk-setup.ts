import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { authority } from '../peer/authority.ts';

declare module 'vitest' {
  interface ProvidedContext {
    listeningDesk: string;
  }
}

/** Opens a desk for the tests of one runtime, and closes it after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = fork(fileURLToPath(new URL('./desk-process.ts', import.meta.url)), { execArgv: [] });
  child.send(authority().certificate);
  const url = await Promise.race([
    once(child, 'message').then(([message]) => message as string),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The desk ended with code ${code}`))),
  ]);
  project.provide('listeningDesk', url);
  return async () => {
    child.disconnect();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
}
