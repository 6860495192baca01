import type { Phase } from './action.ts';
import { joinOctets } from './octets.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { Trigger } from './state.ts';

/** A command that waits for its reply. */
export interface Entry {
  readonly op: Operation;
  readonly phase: Phase;
  /** The command line without CRLF, secrets masked. */
  readonly redacted: string;
  /** Its octets end a message: once they are out, only the reply says what became of it. */
  readonly endsMessage: boolean;
  /** Replies it had so far. */
  answers: number;
  /** Takes a reply; true waits for one more (LMTP). */
  answer(reply: Reply, trigger: Trigger): unknown;
}

/**
 * Which commands share a write, and which reply answers which (RFC 2920 §3): everything queued between two calls
 * of `take()` is one group, and a reply belongs to the oldest command that was handed out.
 */
export class Pipeline {
  #pieces: Uint8Array[] = [];
  #entries: Entry[] = [];
  #written = 0;

  /** Commands without a reply so far, handed out or not. */
  get size(): number {
    return this.#entries.length;
  }

  /** The command that the next reply answers, or will answer once it is handed out. */
  get head(): Entry | undefined {
    return this.#entries[0];
  }

  /** Commands that were handed out and not answered, oldest first. */
  get written(): readonly Entry[] {
    return this.#entries.slice(0, this.#written);
  }

  /** True while octets wait to be handed out. */
  get unwritten(): boolean {
    return this.#pieces.length > 0;
  }

  /** The oldest command of an operation that waits for its reply. */
  next(op: Operation): Entry | undefined {
    return this.#entries.find(entry => entry.op === op);
  }

  /** Queues a command line. */
  line(text: string, entry?: Entry): void {
    this.octets(new TextEncoder().encode(`${text}\r\n`), entry);
  }

  /** Queues octets, and what waits for their reply. */
  octets(data: Uint8Array, entry?: Entry): void {
    this.#pieces.push(data);
    if (entry !== undefined) this.#entries.push(entry);
  }

  /** Waits for the reply that needs no command: the greeting. */
  expect(entry: Entry): void {
    this.#written = this.#entries.push(entry);
  }

  /** Hands out everything queued as one group; from here on its replies may come. */
  take(): Uint8Array | undefined {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#written = this.#entries.length;
    return pieces.length > 0 ? joinOctets(pieces) : undefined;
  }

  /** Gives a reply to the command it belongs to. */
  answer(reply: Reply, trigger: Trigger): void {
    const entry = this.#entries.shift()!;
    this.#written--;
    if (entry.answer(reply, trigger) !== true) return;
    entry.answers++;
    this.#entries.unshift(entry);
    this.#written++;
  }

  /** Forgets everything: the session is over. */
  clear(): void {
    this.#pieces = [];
    this.#entries = [];
    this.#written = 0;
  }
}
