import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { authority } from './authority.ts';
import type { PostOfficeAddress } from './post-office.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postOffice: PostOfficeAddress;
  }
}

/** Opens a post office for the tests of one runtime, and closes it after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = fork(fileURLToPath(new URL('./post-office-process.ts', import.meta.url)), { execArgv: [] });
  child.send(authority().certificate);
  const address = await Promise.race([
    once(child, 'message').then(([message]) => message as PostOfficeAddress),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`The post office ended with code ${code}`)),
    ),
  ]);
  project.provide('postOffice', address);
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
  };
}
