import type { TestProject } from 'vitest/node';
import { authority } from './authority.ts';
import { openPostOffice, type PostOfficeAddress } from './post-office.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postOffice: PostOfficeAddress;
  }
}

/** Opens a post office for the tests of one runtime, and closes it after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { ports, ca, url, stop } = await openPostOffice(authority().certificate);
  project.provide('postOffice', { ports, ca, url });
  return stop;
}
