/** FIPS 180-4 §4.2.2: fractional parts of the cube roots of the first 64 primes. */
const constants: Uint32Array = /* @__PURE__ */ primeRoots(64, 1 / 3);
/** FIPS 180-4 §5.3.3: those of the square roots of the first eight. */
const initial: Uint32Array = /* @__PURE__ */ primeRoots(8, 1 / 2);

const blockOctets = 64;

function primeRoots(count: number, exponent: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let divisor = 2;
    while (divisor < candidate && candidate % divisor !== 0) divisor++;
    if (divisor === candidate) words[found++] = (candidate ** exponent % 1) * 2 ** 32;
  }
  return words;
}

/** SHA-256 of octets that come in pieces, which Web Crypto does not offer (FIPS 180-4 §6.2). */
export class Sha256 {
  readonly #state: Uint32Array = initial.slice();
  readonly #words: Uint32Array = new Uint32Array(64);
  readonly #block: Uint8Array = new Uint8Array(blockOctets);
  #held = 0;
  #octets = 0;

  update(octets: Uint8Array): void {
    this.#octets += octets.length;
    for (let at = 0; at < octets.length; ) {
      const taken = Math.min(blockOctets - this.#held, octets.length - at);
      this.#block.set(octets.subarray(at, at + taken), this.#held);
      this.#held += taken;
      at += taken;
      if (this.#held === blockOctets) this.#compress();
    }
  }

  /** Gives the 32 octets of the hash; nothing may follow. */
  digest(): Uint8Array<ArrayBuffer> {
    const bits = this.#octets * 8;
    const padding = new Uint8Array(this.#held < 56 ? 64 - this.#held : 128 - this.#held);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    const hash = new Uint8Array(32);
    this.#state.forEach((word, i) => {
      new DataView(hash.buffer).setUint32(i * 4, word);
    });
    return hash;
  }

  #compress(): void {
    const words = this.#words;
    const view = new DataView(this.#block.buffer);
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(i * 4);
    for (let i = 16; i < 64; i++) {
      const w15 = words[i - 15]!;
      const w2 = words[i - 2]!;
      const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
      const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
      words[i] = words[i - 16]! + s0 + words[i - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, h] = this.#state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    const state = this.#state;
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = state[i]! + word;
    });
    this.#held = 0;
  }
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
