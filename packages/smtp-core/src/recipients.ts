import type { Phase } from './action.ts';
import type { SmtpError } from './error.ts';
import type { Answer } from './pipeline.ts';
import { refusal } from './refusal.ts';
import type { RecipientFailure, SendResult } from './result.ts';

/** What the server said about each recipient of one message. */
export class Recipients {
  readonly accepted: string[] = [];
  readonly rejected: RecipientFailure[] = [];
  readonly #delivered: string[] = [];
  #finals = 0;
  #taken: Answer | undefined;
  /** The first refusal, which speaks for the others. */
  #refused: Answer | undefined;

  /** Notes a refusal. */
  reject(rcpt: string, answer: Answer): void {
    const { reply, phase } = answer;
    this.#refused ??= answer;
    // RFC 5321 §4.5.3.1.10: 552 to RCPT means too many recipients, and is to be taken as 452.
    const code = phase === 'rcpt' && reply.code === 552 ? 452 : reply.code;
    this.rejected.push({ ...statusOf(answer), rcpt, code });
  }

  /** Notes a final reply; true when LMTP owes another (RFC 2033 §4.2). */
  deliver(answer: Answer, lmtp: boolean | undefined): boolean {
    const concerned = lmtp ? [this.accepted[this.#finals++]!] : this.accepted;
    if (answer.trigger === '2yz') {
      this.#delivered.push(...concerned);
      this.#taken ??= answer;
    } else if (lmtp) this.reject(concerned[0]!, answer);
    return lmtp === true && this.#finals < this.accepted.length;
  }

  /**
   * What became of the message.
   *
   * @throws SmtpError `recipients` When nobody got it.
   */
  get result(): SendResult {
    const { rejected } = this;
    if (this.#taken === undefined) throw this.failure('final');
    return { ...statusOf(this.#taken), accepted: this.#delivered, rejected };
  }

  /** The error when too few recipients are left. */
  failure(phase: Phase): SmtpError {
    const { rejected } = this;
    const { rcpt, code } = rejected[0]!;
    return refusal({ ...this.#refused!, phase }, 'recipients', { command: rcpt, code, rejected });
  }
}

function statusOf({ reply }: Answer): Pick<RecipientFailure, 'code' | 'enhanced' | 'reply'> {
  const { code, enhanced } = reply;
  return { code, ...(enhanced && { enhanced }), reply };
}
