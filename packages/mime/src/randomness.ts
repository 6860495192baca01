import { guarded } from './error.ts';

/** Gives as many random octets as asked for. */
export type Randomness = (octets: number) => Uint8Array;

const textOctets = 16;

/** Text that nobody can guess, at least 122 random bits; the runtime's own UUID is many times faster where there is one. */
export function randomText(random?: Randomness): string {
  if (!random && crypto.randomUUID) return crypto.randomUUID();
  // Pages without a secure context have no randomUUID.
  return guarded('random', () => {
    const octets = random ? random(textOctets) : crypto.getRandomValues(new Uint8Array(textOctets));
    return Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join('');
  });
}

/** The random half of boundaries, at least 128 bits. */
export function randomBoundary(random?: Randomness): string {
  return random ? randomText(random) : randomText() + randomText().slice(0, 8);
}
