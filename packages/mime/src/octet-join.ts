/** The octets an encoder holds and those that follow, in one array, `next` itself where nothing is held. */
export function joinOctets(held: Uint8Array, next: Uint8Array): Uint8Array {
  if (held.length === 0) return next;
  const joined = new Uint8Array(held.length + next.length);
  joined.set(held);
  joined.set(next, held.length);
  return joined;
}
