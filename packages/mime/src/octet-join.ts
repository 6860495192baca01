/** The octets an encoder holds and those that follow, in one array. */
export function joinOctets(held: Uint8Array, next: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(held.length + next.length);
  joined.set(held);
  joined.set(next, held.length);
  return joined;
}
