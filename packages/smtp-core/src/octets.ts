/** Joins pieces into one array, the one copy that a write costs; a single piece is given back as it is. */
export function joinOctets(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  let at = 0;
  for (const { length } of pieces) at += length;
  const joined = new Uint8Array(at);
  at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** A text as UTF-8; measured: for the few octets of a command `TextEncoder` takes five times as long. */
export function octetsOf(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return new TextEncoder().encode(text);
    octets[i] = unit;
  }
  return octets;
}
