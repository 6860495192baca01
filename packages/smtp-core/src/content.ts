import { formatChunk } from './chunk-data.ts';
import { MAX_BODY_OCTETS } from './limit.ts';
import { DotStuffer, LineNormaliser } from './mail-data.ts';
import { joinOctets } from './octets.ts';
import type { Entry } from './pipeline.ts';
import type { Session } from './session.ts';

/** Makes what waits for the reply to a piece of content. */
export type Expectation = (redacted: string, octets: number) => Entry;

/** How the octets of one message reach the server. */
export interface Content {
  /** The end of the message is queued. */
  readonly ended: boolean;
  /** Another chunk is wanted. */
  readonly hungry: boolean;
  /** Queues what is left of a large chunk. */
  fill(): void;
  /** Takes a chunk, or null at the end of the message. */
  take(chunk: Uint8Array | null): void;
}

/** Content behind DATA, one chunk of memory at a time (RFC 5321 §4.5.2). */
export class DataContent implements Content {
  ended = false;
  readonly #session: Session;
  readonly #end: Expectation;
  readonly #stuffer: DotStuffer = new DotStuffer();
  #rest: Uint8Array = new Uint8Array(0);

  constructor(session: Session, end: Expectation) {
    this.#session = session;
    this.#end = end;
  }

  get hungry(): boolean {
    return !this.ended && this.#rest.length === 0;
  }

  fill(): void {
    const { pipeline } = this.#session;
    if (this.#rest.length === 0 || pipeline.unwritten) return;
    pipeline.octets(this.#stuffer.push(this.#rest.subarray(0, MAX_BODY_OCTETS)));
    this.#rest = this.#rest.subarray(MAX_BODY_OCTETS);
  }

  take(chunk: Uint8Array | null): void {
    if (chunk !== null) {
      this.#rest = chunk;
      return;
    }
    this.ended = true;
    this.#session.pipeline.octets(this.#stuffer.end(), this.#end('.', 0));
  }
}

/** Content in BDAT chunks; one is held back so that the last can say that it is (RFC 3030 §2). */
export class BdatContent implements Content {
  ended = false;
  readonly #session: Session;
  readonly #maxOctets: number;
  readonly #more: Expectation;
  readonly #end: Expectation;
  readonly #lines: LineNormaliser | undefined;
  #held: Uint8Array = new Uint8Array(0);

  /**
   * @param binary Octets go as they are; text gets CRLF line ends.
   * @param maxOctets Octets without a reply, over all transactions in flight.
   */
  constructor(session: Session, binary: boolean, maxOctets: number, more: Expectation, end: Expectation) {
    this.#session = session;
    this.#maxOctets = maxOctets;
    this.#more = more;
    this.#end = end;
    this.#lines = binary ? undefined : new LineNormaliser();
  }

  get hungry(): boolean {
    return !this.ended && this.#session.room && this.#session.chunkOctets < this.#maxOctets;
  }

  fill(): void {}

  take(chunk: Uint8Array | null): void {
    if (chunk === null) {
      this.ended = true;
      const rest = this.#lines?.end();
      this.#queue(rest?.length ? joinOctets([this.#held, rest]) : this.#held, true);
    } else if (chunk.length > 0) {
      if (this.#held.length > 0) this.#queue(this.#held, false);
      this.#held = this.#lines?.push(chunk) ?? chunk;
    }
  }

  #queue(octets: Uint8Array, last: boolean): void {
    const redacted = `BDAT ${octets.length}${last ? ' LAST' : ''}`;
    this.#session.chunkOctets += octets.length;
    const expect = last ? this.#end : this.#more;
    this.#session.pipeline.octets(formatChunk(octets, last), expect(redacted, octets.length));
  }
}
