import type { Phase } from './action.ts';
import type { SmtpError } from './error.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { RecipientFailure, SendResult } from './result.ts';

/** What the server said about each recipient of one message. */
export class Recipients {
  readonly accepted: string[] = [];
  readonly rejected: RecipientFailure[] = [];
  readonly #delivered: string[] = [];
  #unanswered: number;
  #finals = 0;
  #taken: Reply | undefined;

  /** @param count How many RCPT commands the message has. */
  constructor(count: number) {
    this.#unanswered = count;
  }

  /** Every RCPT has its reply. */
  get complete(): boolean {
    return this.#unanswered === 0;
  }

  /** Notes the reply to RCPT. */
  answer(rcpt: string, reply: Reply, accepted: boolean): void {
    this.#unanswered--;
    if (accepted) this.accepted.push(rcpt);
    // RFC 5321 §4.5.3.1.10: 552 means too many recipients here, and is to be taken as 452.
    else this.#reject(rcpt, reply, reply.code === 552 ? 452 : reply.code);
  }

  /** Notes a final reply; true when LMTP owes another (RFC 2033 §4.2). */
  deliver(reply: Reply, taken: boolean, lmtp: boolean): boolean {
    const concerned = lmtp ? [this.accepted[this.#finals++]!] : this.accepted;
    if (taken) {
      this.#delivered.push(...concerned);
      this.#taken ??= reply;
    } else if (lmtp) this.#reject(concerned[0]!, reply);
    return lmtp && this.#finals < this.accepted.length;
  }

  /** What became of the message, undefined when nobody got it. */
  get result(): SendResult | undefined {
    const reply = this.#taken;
    return reply && { ...status(reply), accepted: this.#delivered, rejected: this.rejected };
  }

  /** The error when too few recipients are left: the first refusal speaks for the others. */
  failure(phase: Phase): SmtpError {
    const { rcpt, code, reply } = this.rejected[0]!;
    return refusal(phase, rcpt, reply, { code, rejected: this.rejected }, 'recipients');
  }

  #reject(rcpt: string, reply: Reply, code: number = reply.code): void {
    this.rejected.push({ ...status(reply), rcpt, code });
  }
}

function status(reply: Reply): Pick<RecipientFailure, 'code' | 'enhanced' | 'reply'> {
  const { lines, ...rest } = reply;
  return { ...rest, reply };
}
