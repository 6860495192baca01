import type { OpId, Phase } from './action.ts';
import type { SmtpError } from './error.ts';
import type { Entry } from './pipeline.ts';
import type { Reply } from './reply.ts';
import type { RecipientFailure } from './result.ts';
import type { Outcome, Session } from './session.ts';
import { move, type State, type Trigger } from './state.ts';

/** A piece of work of a client session: its place in the table, and how many of its commands wait for a reply. */
export abstract class Operation {
  readonly id: OpId;
  readonly session: Session;
  /** Where its replies have brought it. */
  at: State = 'idle';
  /** The first thing that went wrong; nothing that follows may replace it. */
  failure: SmtpError | undefined;
  /** The end of the connection is just what is wanted. */
  leaving = false;
  /** Commands that wait for their reply. */
  unanswered = 0;

  constructor(session: Session, id: OpId) {
    this.session = session;
    this.id = id;
  }

  /** Begins: earlier work is done, or has nothing left to send. */
  abstract start(): void;

  /** Recipients that were refused so far. */
  get rejected(): readonly RecipientFailure[] {
    return [];
  }

  /** Everything is queued and nothing went wrong, so that another may ride behind it. */
  get trailing(): boolean {
    return false;
  }

  /** Another chunk of the message is wanted. */
  get hungry(): boolean {
    return false;
  }

  /** It may begin although others wait for replies (RFC 2920 §3.1). */
  get mayRide(): boolean {
    return false;
  }

  /** Queues as many commands, or as much content, as there is room for. */
  fill(): void {}

  /** Takes the chunk that was wanted, or null at the end of the message. */
  body(_chunk: Uint8Array | null): void {}

  /** The source of the message failed. */
  bodyAbort(_error: SmtpError): void {}

  move(trigger: Trigger, to: State): void {
    this.at = move(this.at, trigger, to);
  }

  settle(outcome: Outcome): void {
    this.session.settle(this, outcome);
  }

  /** Queues a command line with what to do about its reply; `***` in the masked form stands for a secret. */
  ask(phase: Phase, line: string, answer: Entry['answer'], redacted: string = line): void {
    if (redacted !== line) this.session.secrets.push(line.slice(redacted.indexOf('***')));
    this.session.pipeline.line(line, this.entry(phase, redacted, answer));
  }

  /** One command from idle to idle, whose reply is the result. */
  exchange(phase: Phase, line: string, learn?: (reply: Reply, accepted: boolean) => void): void {
    this.move('begin', phase);
    this.ask(phase, line, (reply, trigger) => {
      learn?.(reply, trigger === '2yz');
      this.conclude(reply, trigger);
    });
  }

  /** Back to idle with a reply as the result. */
  conclude(reply: Reply, trigger: Trigger): void {
    this.move(trigger, 'idle');
    this.settle({ ...reply, reply });
  }

  /** Makes what waits for the reply to octets of this operation. */
  entry(phase: Phase, redacted: string, answer: Entry['answer'], endsMessage = false): Entry {
    this.unanswered++;
    return {
      op: this,
      phase,
      redacted,
      endsMessage,
      answers: 0,
      answer: (reply, trigger) => {
        this.unanswered--;
        const more = answer(reply, trigger) === true;
        if (more) this.unanswered++;
        return more;
      },
    };
  }
}
