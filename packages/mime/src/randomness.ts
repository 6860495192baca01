/** Gives as many random octets as asked for. */
export type Randomness = (octets: number) => Uint8Array;

export const secureRandomness: Randomness = octets => crypto.getRandomValues(new Uint8Array(octets));
