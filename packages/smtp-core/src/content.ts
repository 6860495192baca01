import { MAX_BODY_OCTETS } from './limit.ts';
import { DotStuffer, LineNormaliser } from './mail-data.ts';

/** Content on its way through DATA, one chunk of memory at a time (RFC 5321 §4.5.2). */
export class DottedContent {
  readonly #stuffer: DotStuffer = new DotStuffer();
  #rest: Uint8Array = new Uint8Array(0);

  /** Everything taken was given out. */
  get empty(): boolean {
    return this.#rest.length === 0;
  }

  push(chunk: Uint8Array): void {
    this.#rest = chunk;
  }

  /** Gives the next piece to write; a chunk larger than the advice goes out in several. */
  next(): Uint8Array | undefined {
    if (this.empty) return undefined;
    const piece = this.#stuffer.push(this.#rest.subarray(0, MAX_BODY_OCTETS));
    this.#rest = this.#rest.subarray(MAX_BODY_OCTETS);
    return piece;
  }

  end(): Uint8Array {
    return this.#stuffer.end();
  }
}

/** Content on its way through BDAT: one chunk is held back so that the last can say so (RFC 3030 §2). */
export class ChunkedContent {
  readonly #lines: LineNormaliser | undefined;
  #held: Uint8Array | undefined;

  /** @param binary Octets go as they are; text gets CRLF line ends. */
  constructor(binary: boolean) {
    this.#lines = binary ? undefined : new LineNormaliser();
  }

  /** Takes a chunk and gives the one before it. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    if (chunk.length === 0) return undefined;
    const ready = this.#held;
    this.#held = this.#lines?.push(chunk) ?? chunk;
    return ready;
  }

  /** Gives the last chunk, which may be empty. */
  end(): Uint8Array {
    const held = this.#held ?? new Uint8Array(0);
    const rest = this.#lines?.end();
    if (rest === undefined || rest.length === 0) return held;
    const last = new Uint8Array(held.length + rest.length);
    last.set(held);
    last.set(rest, held.length);
    return last;
  }
}
