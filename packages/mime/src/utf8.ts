/** One encoder for all: it keeps no state, and making one costs more than a short text. */
const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();

/** Text as UTF-8; half a surrogate pair becomes U+FFFD. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Writes text that must have room as UTF-8 at an offset. */
export function utf8Into(text: string, target: Uint8Array, offset: number): void {
  encoder.encodeInto(text, offset === 0 ? target : target.subarray(offset));
}
