import type { Outgoing } from './backend.ts';

/** Messages up to this size are read in one piece; larger ones, and those of unknown size, are streamed. */
const wholeOctets = 1_048_576;

/** The content of one message, for as many attempts as it can be read. */
export class OutgoingContent {
  readonly #outgoing: Outgoing;
  #touched = false;

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  /** Another attempt can send the same octets. */
  get readable(): boolean {
    return this.#outgoing.replayable || !this.#touched;
  }

  /** The content for one attempt; a stream is not touched before the server has asked for content. */
  async read(): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
    const { size, replayable } = this.#outgoing;
    if (replayable && size !== undefined && size <= wholeOctets) return this.#outgoing.bytes();
    return this.#pieces();
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#touched = true;
    const reader = this.#outgoing.stream().getReader();
    let finished = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        yield value;
      }
      finished = true;
    } finally {
      if (!finished) await reader.cancel().catch(() => {});
    }
  }
}
