import { fileURLToPath } from 'node:url';

/**
 * Set-up files of projects with tests of properties: these try the same inputs in every run, so that what fails is what
 * was changed. With POSTHASTE_FULL=1 they try others each time, and a failure tells their seed.
 */
export const propertySetUp: readonly string[] =
  process.env.POSTHASTE_FULL === '1' ? [] : [fileURLToPath(new URL('fixed-seed.ts', import.meta.url))];
