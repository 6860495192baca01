import { toHex } from './boundary.ts';

/** Gives as many random octets as asked for. */
export type Randomness = (octets: number) => Uint8Array;

/** Text that nobody can guess, at least 122 random bits; the runtime's own UUID is many times faster where there is one. */
export function randomText(random: Randomness | undefined): string {
  if (random) return toHex(random(textOctets));
  // Pages without a secure context have no randomUUID.
  return crypto.randomUUID?.() ?? toHex(secureRandomness(textOctets));
}

const textOctets = 16;

export const secureRandomness: Randomness = octets => crypto.getRandomValues(new Uint8Array(octets));
