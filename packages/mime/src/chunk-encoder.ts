/** Encodes the octets at hand: what is written, and how many of them it stands for; the others are held back. */
export type ChunkEncoding = (
  octets: Uint8Array,
  isLast: boolean,
) => { readonly written: Uint8Array<ArrayBuffer>; readonly taken: number };

/** Encodes a stream of octets, whatever the sizes of its chunks. */
export class ChunkEncoder {
  readonly #encode: ChunkEncoding;
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(encode: ChunkEncoding) {
    this.#encode = encode;
  }

  /**
   * Takes the next octets and gives the whole lines they complete, in a new array.
   *
   * @param chunk - octets of any length
   */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.#step(chunk, false);
  }

  /** Gives the last line; the encoder is ready for another stream then. */
  end(): Uint8Array<ArrayBuffer> {
    return this.#step(new Uint8Array(0), true);
  }

  #step(chunk: Uint8Array, isLast: boolean): Uint8Array<ArrayBuffer> {
    let octets = chunk;
    if (this.#held.length > 0) {
      octets = new Uint8Array(this.#held.length + chunk.length);
      octets.set(this.#held);
      octets.set(chunk, this.#held.length);
    }
    const { written, taken } = this.#encode(octets, isLast);
    this.#held = octets.slice(taken);
    return written;
  }
}
