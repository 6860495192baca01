import type { OpId, Phase } from './action.ts';
import type { ClientOptions } from './client-options.ts';
import type { Content } from './content.ts';
import type { Envelope } from './envelope.ts';
import type { SmtpError } from './error.ts';
import { octetsOf } from './octets.ts';
import type { Answer } from './pipeline.ts';
import type { RecipientFailure } from './result.ts';
import type { Outcome, Session } from './session.ts';
import { move, type State, type Trigger } from './state.ts';

/**
 * What an operation does, told from its beginning to its outcome: it sends commands, and each `yield` waits for the
 * reply to the oldest of them, or for the driver. What it throws is its failure; `yield true` waits for one more
 * reply to the same command (LMTP).
 */
export type Story<T = Outcome | undefined> = Generator<boolean | undefined, T, Answer>;

/** A piece of work of a client session. */
export class Operation {
  readonly id: OpId;
  readonly session: Session;
  story!: Story;
  /** Where its replies have brought it. */
  at: State = 'idle';
  /** The first thing that went wrong; nothing that follows may replace it. */
  failure: SmtpError | undefined;
  /** The end of the connection is just what is wanted. */
  leaving = false;
  /** The server is not who it should be: not another octet to it. */
  distrusting = false;
  /** Whom a message is from and to. */
  envelope: Envelope | undefined;
  /** Where the octets of the message go. */
  content: Content | undefined;
  /** Recipients that were refused so far. */
  rejected: readonly RecipientFailure[] = [];

  constructor(session: Session, id: OpId) {
    this.session = session;
    this.id = id;
  }

  /** Another chunk of the message is wanted. */
  get hungry(): boolean {
    return this.unfinished && this.content!.hungry;
  }

  /** There is content to come, now or once there is room for it. */
  get unfinished(): boolean {
    return this.failure === undefined && this.content?.ended === false;
  }

  /** A reply is owed, or there is content to come. */
  get waiting(): boolean {
    return this.session.pipeline.next(this) !== undefined || this.unfinished;
  }

  /** Content by BDAT: asked for, or the only way for binary (RFC 3030 §3). */
  get chunked(): boolean {
    const { options, capabilities } = this.session;
    if (this.envelope === undefined) return false;
    return this.envelope.body === 'binary' || (options.transfer === 'bdat' && capabilities.has('CHUNKING'));
  }

  /** Nothing depends on the answers to RCPT: whoever is accepted gets the message. */
  get eager(): boolean {
    return this.session.pipelining && this.session.options.partial !== 'reject';
  }

  /** BDAT follows RCPT at once, and other transactions follow it. */
  get window(): ClientOptions['pipelineWindow'] {
    return this.eager && this.chunked ? this.session.options.pipelineWindow : undefined;
  }

  move(trigger: Trigger, to: State): void {
    this.at = move(this.at, trigger, to);
  }

  /** Queues a command line; `***` in the masked form stands for a secret. */
  send(phase: Phase, line: string, redacted: string = line): void {
    if (redacted !== line) this.session.secrets.push(line.slice(redacted.indexOf('***')));
    this.frame(phase, redacted, octetsOf(`${line}\r\n`));
  }

  /** Queues octets that are answered. */
  frame(phase: Phase, redacted: string, data: Uint8Array, octets = 0): void {
    this.session.chunkOctets += octets;
    this.session.pipeline.push({ op: this, phase, redacted, data, octets, answers: 0 });
  }

  /** Sends a command and waits for its reply. */
  *ask(phase: Phase, line: string, redacted?: string): Story<Answer> {
    this.send(phase, line, redacted);
    return yield;
  }

  /** One command whose reply is the result. */
  *exchange(phase: Phase, line: string, learn?: (answer: Answer) => void): Story {
    const answer = yield* this.ask(phase, line);
    if (answer.trigger === '2yz') learn?.(answer);
    return resultOf(answer);
  }
}

/** A reply as the result of an operation. */
export function resultOf({ reply }: Answer): Outcome {
  return { ...reply, reply };
}
