/** Octets of one read, as Node's own reads are. */
const blockOctets = 65_536;
/** Blocks that wait for the next reads. */
const maxIdleBlocks = 16;

/**
 * Memory for octets that are only passed on, used again once they have left. New memory for each read makes the
 * garbage collector run every few MiB: measured, that cost more than reading and writing.
 */
export class ReadBlocks {
  /** Where every read lands first: a block of its own for each silent socket would hold 64 KiB. */
  readonly landing: Uint8Array<ArrayBuffer> = new Uint8Array(blockOctets);
  readonly #idle: ArrayBuffer[] = [];

  /** Takes what has just landed: into a block if that gets half full, else into memory of its size. */
  lift(octets: number): Uint8Array<ArrayBuffer> {
    if (octets < blockOctets / 2) return this.landing.slice(0, octets);
    const lifted = new Uint8Array(this.#idle.pop() ?? new ArrayBuffer(blockOctets), 0, octets);
    lifted.set(this.landing.subarray(0, octets));
    // Whoever passes on the buffer of a view must not pass on what another connection read.
    new Uint8Array(lifted.buffer, octets).fill(0);
    return lifted;
  }

  /** Takes back what `lift()` gave, once; nobody may look at it any more. What is never given back is merely garbage. */
  recycle({ buffer }: Uint8Array): void {
    const isBlock = buffer instanceof ArrayBuffer && buffer.byteLength === blockOctets;
    if (isBlock && this.#idle.length < maxIdleBlocks) this.#idle.push(buffer);
  }
}
