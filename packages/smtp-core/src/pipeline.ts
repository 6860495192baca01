import type { Phase } from './action.ts';
import { joinOctets } from './octets.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { Trigger } from './state.ts';

/** A command, or a piece of content, and in the end the reply to it. */
export interface Exchange {
  readonly op: Operation;
  readonly phase: Phase;
  /** The command line without CRLF, secrets masked. */
  readonly redacted: string;
  readonly data: Uint8Array;
  /** Octets of content that count towards the window. */
  readonly octets: number;
  /** Replies before this one (LMTP). */
  answers: number;
  reply?: Reply;
  trigger?: Trigger;
}

/** An exchange whose reply is there. */
export type Answer = Required<Exchange>;

/**
 * Which commands share a write, and which reply answers which (RFC 2920 §3): everything queued between two calls
 * of `take()` is one group, and a reply belongs to the oldest command that was handed out.
 */
export class Pipeline {
  /** Commands for which there was no room yet: those whose turn comes first, the next one last, and the others. */
  #turn: Exchange[] = [];
  #waiting: Exchange[] = [];
  #pieces: Uint8Array[] = [];
  /** Commands without a reply, handed out or about to be. */
  #entries: Exchange[] = [];
  #written = 0;

  /** Commands that were handed out and not answered, oldest first. */
  get written(): readonly Exchange[] {
    return this.#entries.slice(0, this.#written);
  }

  /** The command that the next reply answers. */
  get head(): Exchange | undefined {
    return this.#written > 0 ? this.#entries[0] : undefined;
  }

  /** True when nothing is on its way out. */
  get drained(): boolean {
    return this.#pieces.length + this.#turn.length + this.#waiting.length === 0;
  }

  /** The oldest command without a reply: any, or that of one operation. */
  next(op?: Operation): Exchange | undefined {
    if (op === undefined) return this.#entries[0] ?? this.#turn.at(-1) ?? this.#waiting[0];
    const belongs = (entry: Exchange) => entry.op === op;
    return this.#entries.find(belongs) ?? this.#turn.findLast(belongs) ?? this.#waiting.find(belongs);
  }

  /** Whether fewer than `limit` commands wait for a reply. */
  hasRoom(limit: number): boolean {
    return this.#entries.length < limit;
  }

  /** Queues a command. */
  push(exchange: Exchange): void {
    this.#waiting.push(exchange);
  }

  /** Queues octets that nobody answers. */
  octets(data: Uint8Array): void {
    this.#pieces.push(data);
  }

  /** Makes as many commands ready as there is room for. */
  fill(limit: number): void {
    while (this.hasRoom(limit)) {
      if (this.#turn.length === 0) {
        this.#turn = this.#waiting.reverse();
        this.#waiting = [];
      }
      const exchange = this.#turn.pop();
      if (exchange === undefined) return;
      this.#entries.push(exchange);
      this.#pieces.push(exchange.data);
    }
  }

  /** Hands out everything that is ready as one group, if there is any; from here on its replies may come. */
  take(): Uint8Array | undefined {
    const pieces = this.#pieces;
    if (pieces.length === 0) return undefined;
    this.#pieces = [];
    this.#written = this.#entries.length;
    return joinOctets(pieces);
  }

  /** Takes the command out that a reply has come for. */
  shift(): void {
    this.#entries.shift();
    this.#written--;
  }

  /** Puts it back: it is owed another reply. */
  unshift(exchange: Exchange): void {
    this.#entries.unshift(exchange);
    this.#written++;
  }

  /** Forgets the commands of an operation for which there was no room yet; content keeps its place. */
  drop(op: Operation): void {
    const stays = ({ op: other, phase }: Exchange) => other !== op || phase === 'body' || phase === 'final';
    this.#turn = this.#turn.filter(stays);
    this.#waiting = this.#waiting.filter(stays);
  }
}
