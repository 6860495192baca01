import type { Backend } from '../backend.ts';

/** Makes a backend that says yes and does nothing. */
export function dummyBackend(): Backend {
  return { async send() {} };
}
