import type { OpId, Phase } from './action.ts';
import type { SmtpError } from './error.ts';
import type { Entry } from './pipeline.ts';
import type { RecipientFailure } from './result.ts';
import type { Session } from './session.ts';
import { move, type State, type Trigger } from './state.ts';

/** A piece of work of a client session: its place in the table, and how many of its commands wait for a reply. */
export abstract class Operation {
  readonly id: OpId;
  /** Where its replies have brought it. */
  at: State = 'idle';
  /** The first thing that went wrong; nothing that follows may replace it. */
  failure: SmtpError | undefined;
  protected readonly session: Session;
  #unanswered = 0;

  constructor(session: Session, id: OpId) {
    this.session = session;
    this.id = id;
  }

  /** Begins: earlier work is done, or has nothing left to send. */
  abstract start(): void;

  /** Queues as many commands as the window allows. */
  fill(): void {}

  /** It may begin although others still wait for replies (RFC 2920 §3.1). */
  mayRide(): boolean {
    return false;
  }

  /** Everything is queued and nothing went wrong: another may ride behind it. */
  get trailing(): boolean {
    return false;
  }

  /** Another chunk of the message is wanted. */
  get hungry(): boolean {
    return false;
  }

  /** Takes the chunk that was wanted, or null at the end of the message. */
  body(_chunk: Uint8Array | null): void {}

  /** The source of the message failed. */
  bodyAbort(_cause: unknown): void {}

  /** The connection ended; true when that is just what was wanted. */
  disconnected(): boolean {
    return false;
  }

  /** Recipients that were refused so far. */
  get rejected(): readonly RecipientFailure[] {
    return [];
  }

  /** Every command has its reply. */
  protected get answered(): boolean {
    return this.#unanswered === 0;
  }

  move(trigger: Trigger, to: State): void {
    this.at = move(this.at, trigger, to);
  }

  /** Queues a command line with what to do about its reply. */
  ask(phase: Phase, line: string, answer: Entry['answer'], redacted: string = line): void {
    if (redacted !== line) this.session.secrets.push(line.slice(redacted.indexOf('***')));
    this.session.pipeline.line(line, this.entry(phase, redacted, answer));
  }

  /** Makes what waits for the reply to octets of this operation. */
  entry(phase: Phase, redacted: string, answer: Entry['answer'], endsMessage = false): Entry {
    this.#unanswered++;
    return {
      op: this,
      phase,
      redacted,
      endsMessage,
      answers: 0,
      answer: (reply, trigger) => {
        this.#unanswered--;
        if (answer(reply, trigger) !== true) return false;
        this.#unanswered++;
        return true;
      },
    };
  }
}
