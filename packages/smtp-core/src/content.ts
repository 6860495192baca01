import { formatChunk } from './chunk-data.ts';
import { MAX_BODY_OCTETS } from './limit.ts';
import { DotStuffer, LineNormaliser } from './mail-data.ts';
import { joinOctets } from './octets.ts';
import type { Operation } from './operation.ts';

/** How the octets of one message reach the server. */
export abstract class Content {
  /** Some of it is queued. */
  begun = false;
  /** The end of the message is queued. */
  ended = false;
  protected readonly op: Operation;

  constructor(op: Operation) {
    this.op = op;
  }

  /** Another chunk is wanted. */
  abstract get hungry(): boolean;
  /** Takes a chunk, or null at the end of the message. */
  abstract take(chunk: Uint8Array | null): void;
  /** Queues what is left of a large chunk. */
  fill(): void {}
}

/** Content behind DATA, one chunk of memory at a time (RFC 5321 §4.5.2). */
export class DataContent extends Content {
  readonly #stuffer: DotStuffer = new DotStuffer();
  #rest: Uint8Array = new Uint8Array(0);

  override get hungry(): boolean {
    return this.#rest.length === 0;
  }

  override fill(): void {
    const { pipeline } = this.op.session;
    if (this.#rest.length === 0 || !pipeline.drained) return;
    pipeline.octets(this.#stuffer.push(this.#rest.subarray(0, MAX_BODY_OCTETS)));
    this.#rest = this.#rest.subarray(MAX_BODY_OCTETS);
  }

  override take(chunk: Uint8Array | null): void {
    this.#rest = chunk ?? this.#rest;
    this.ended = chunk === null;
    if (this.ended) this.op.frame('final', '.', this.#stuffer.end());
  }
}

/** Content in BDAT chunks; one is held back so that the last can say that it is (RFC 3030 §2). */
export class BdatContent extends Content {
  readonly #maxOctets: number;
  readonly #lines: LineNormaliser | undefined;
  #held: Uint8Array = new Uint8Array(0);

  /** @param op The message: binary octets go as they are; text gets CRLF line ends. */
  constructor(op: Operation) {
    super(op);
    this.#maxOctets = op.window?.octets ?? Number.POSITIVE_INFINITY;
    this.#lines = op.envelope!.body === 'binary' ? undefined : new LineNormaliser();
  }

  override get hungry(): boolean {
    const { session } = this.op;
    return session.room && session.chunkOctets < this.#maxOctets;
  }

  override take(chunk: Uint8Array | null): void {
    if (chunk === null) {
      this.ended = true;
      this.#frame(joinOctets([this.#held, this.#lines?.end() ?? new Uint8Array(0)]));
    } else if (chunk.length > 0) {
      if (this.#held.length > 0) this.#frame(this.#held);
      this.#held = this.#lines?.push(chunk) ?? chunk;
    }
  }

  #frame(octets: Uint8Array): void {
    const { length } = octets;
    this.begun = true;
    const line = `BDAT ${length}${this.ended ? ' LAST' : ''}`;
    this.op.frame(this.ended ? 'final' : 'body', line, formatChunk(octets, this.ended), length);
  }
}
