import { DotUnstuffer } from './dot-unstuffer.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';

/** Octets after which a message's deadline starts anew: long messages pass, dribbling does not. */
export const DEADLINE_OCTETS = 65_536;

/** What one piece of the stream was. */
export interface Received {
  /** For the host; empty when the content is being discarded. */
  readonly content: Uint8Array;
  /** Octets of the piece that belong to the content; commands follow. */
  readonly used: number;
  /** The content, or the chunk, is complete. */
  readonly done: boolean;
}

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Receives the content of one message by DATA or BDAT, counts it, and discards what is over the limit, so that the
 * stream stays in step whatever is refused (RFC 5321 §4.5.2, RFC 3030 §2, RFC 1870 §6.3).
 */
export class ContentReceiver {
  readonly #limit: number;
  readonly #data: DotUnstuffer | undefined;
  #octets = 0;
  #left = 0;
  #refusal: Refusal | undefined;

  /**
   * @param verb Decides how the end is found.
   * @param limit Octets of content, CRLF counted and stuffing not; 0 for no limit.
   */
  constructor(verb: 'DATA' | 'BDAT', limit: number) {
    this.#limit = limit;
    this.#data = verb === 'DATA' ? new DotUnstuffer() : undefined;
  }

  /** Octets of content so far. */
  get octets(): number {
    return this.#octets;
  }

  /** What to answer instead of asking the host; for DATA it is complete at the end of data. */
  get refusal(): Refusal | undefined {
    if (this.#refusal !== undefined) return this.#refusal;
    return this.#data?.bareCr || this.#data?.bareLf ? REFUSALS.bareLineEnd : undefined;
  }

  /** Starts a chunk; one that is refused, or over the limit, is consumed and thrown away. */
  expect(octets: number, refusal?: Refusal): void {
    this.#left = octets;
    const over = this.#limit > 0 && this.#octets + octets > this.#limit;
    this.#refusal = refusal ?? (over ? REFUSALS.messageTooLarge : undefined);
  }

  /** Takes the next piece of the stream. */
  push(piece: Uint8Array): Received {
    if (this.#data !== undefined) {
      const { content, end } = this.#data.push(piece);
      return { content: this.#admit(content), used: end ?? piece.length, done: end !== undefined };
    }
    const chunk = piece.subarray(0, this.#left);
    this.#left -= chunk.length;
    return { content: this.#admit(chunk), used: chunk.length, done: this.#left === 0 };
  }

  #admit(content: Uint8Array): Uint8Array {
    if (this.#refusal === undefined) {
      this.#octets += content.length;
      if (this.#limit > 0 && this.#octets > this.#limit) this.#refusal = REFUSALS.messageTooLarge;
    }
    return this.refusal === undefined ? content : EMPTY;
  }
}
