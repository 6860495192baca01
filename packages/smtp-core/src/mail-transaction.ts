import type { OpId, Phase } from './action.ts';
import { BdatContent, type Content, DataContent } from './content.ts';
import type { Envelope } from './envelope.ts';
import { type EnvelopeCommands, envelopeCommands } from './envelope-command.ts';
import type { SmtpError } from './error.ts';
import { Operation } from './operation.ts';
import type { Entry } from './pipeline.ts';
import { Recipients } from './recipients.ts';
import { refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { RecipientFailure, SendResult } from './result.ts';
import type { Session } from './session.ts';
import type { Trigger } from './state.ts';

interface Command {
  readonly phase: Phase;
  readonly line: string;
  answer(reply: Reply, trigger: Trigger): void;
}

/** One message: MAIL, RCPT and its content (RFC 5321 §3.3), each reply paired with its own command. */
export class MailTransaction extends Operation {
  readonly #envelope: Envelope;
  readonly #recipients: Recipients;
  readonly #commands: Command[] = [];
  #queued = 0;
  #content: Content | undefined;
  #result: SendResult | undefined;

  constructor(session: Session, id: OpId, envelope: Envelope) {
    super(session, id);
    this.#envelope = envelope;
    this.#recipients = new Recipients(envelope.to.length);
  }

  override start(): void {
    try {
      this.#prepare(envelopeCommands(this.#envelope, this.session));
    } catch (error) {
      this.settle(error as SmtpError);
    }
  }

  #prepare({ mail, rcpt }: EnvelopeCommands): void {
    const { session } = this;
    const before = session.active.at(-2);
    // RFC 3030 §2: only RSET makes the state known behind a BDAT that may yet be refused.
    if (before instanceof MailTransaction ? before.#chunked : session.transactionOpen)
      this.#add('rset', 'RSET', (reply, trigger) => this.#rset(reply, trigger));
    this.#add('mail', mail, (reply, trigger) => this.#mail(mail, reply, trigger));
    this.#envelope.to.forEach((path, i) => {
      this.#add('rcpt', rcpt[i]!, (reply, trigger) => this.#rcpt(path, reply, trigger));
    });
    if (!this.#chunked && this.#eager && session.options.pipelineData) this.#addData();
    session.transactions++;
    this.move('begin', this.#commands[0]!.phase);
  }

  override get mayRide(): boolean {
    const { active, chunkOctets } = this.session;
    const { transactions, octets } = this.#window ?? { transactions: 2, octets: Number.POSITIVE_INFINITY };
    return active.length < transactions && chunkOctets < octets;
  }

  override get rejected(): readonly RecipientFailure[] {
    return this.#recipients.rejected;
  }

  override get trailing(): boolean {
    return this.failure === undefined && this.#content?.ended === true;
  }

  override get hungry(): boolean {
    return this.failure === undefined && this.#content?.hungry === true;
  }

  override fill(): void {
    const { session } = this;
    if (this.failure !== undefined) return;
    while (session.room && this.#queued < this.#commands.length) {
      const { phase, line, answer } = this.#commands[this.#queued++]!;
      this.ask(phase, line, (reply, trigger) => {
        answer(reply, trigger);
        this.#step(trigger);
      });
    }
    if (this.#window && this.#queued === this.#commands.length) this.#open();
    this.#content?.fill();
  }

  override body(chunk: Uint8Array | null): void {
    this.#content!.take(chunk);
    // With BDAT replies to earlier chunks may be due; they lead to the end by themselves.
    if (chunk === null && this.session.pipeline.next(this)!.endsMessage) this.move('end', 'final');
  }

  override bodyAbort(error: SmtpError): void {
    if (this.#content instanceof DataContent) {
      this.move('failed', 'closed');
      this.session.die(error);
    } else {
      this.failure = error;
      if (this.unanswered === 0) this.move('failed', 'idle');
      this.#conclude();
    }
  }

  /** Content by BDAT: asked for, or the only way for binary (RFC 3030 §3). */
  get #chunked(): boolean {
    const { options, capabilities } = this.session;
    return this.#envelope.body === 'binary' || (options.transfer === 'bdat' && capabilities.has('CHUNKING'));
  }

  /** Nothing depends on the answers to RCPT: whoever is accepted gets the message. */
  get #eager(): boolean {
    return this.session.pipelining && this.session.options.partial !== 'reject';
  }

  /** BDAT follows RCPT at once, and other transactions follow it. */
  get #window(): { readonly transactions: number; readonly octets: number } | undefined {
    return this.#eager && this.#chunked ? this.session.options.pipelineWindow : undefined;
  }

  #add(phase: Phase, line: string, answer: Command['answer']): void {
    this.#commands.push({ phase, line, answer });
  }

  #addData(): void {
    this.#add('data', 'DATA', (reply, trigger) => this.#data(reply, trigger));
  }

  #open(): void {
    if (this.#content !== undefined) return;
    const { session } = this;
    const end = (redacted: string, octets: number) => this.#end(redacted, octets);
    if (!this.#chunked) {
      this.#content = new DataContent(session, end);
      return;
    }
    const maxOctets = this.#window?.octets ?? Number.POSITIVE_INFINITY;
    const more = (redacted: string, octets: number) =>
      this.entry('body', redacted, (reply, trigger) => {
        session.chunkOctets -= octets;
        if (trigger !== '2yz') this.#refuse('body', redacted, reply);
        else if (this.failure?.kind === 'reply') session.lockStep = true;
        this.#step(trigger);
      });
    this.#content = new BdatContent(session, this.#envelope.body === 'binary', maxOctets, more, end);
  }

  /** Moves on to whatever is waited for next, and settles when nothing is. */
  #step(trigger: Trigger): void {
    const over = this.failure !== undefined || this.#result !== undefined;
    const coming = over ? 'idle' : (this.#commands[this.#queued]?.phase ?? 'body');
    this.move(trigger, this.session.pipeline.next(this)?.phase ?? coming);
    this.#conclude();
  }

  #conclude(): void {
    const outcome = this.failure ?? this.#result;
    if (outcome !== undefined && this.unanswered === 0) this.settle(outcome);
  }

  #refuse(phase: Phase, command: string, reply: Reply): void {
    const { rejected } = this;
    this.failure ??= refusal(phase, command, reply, { rejected: rejected.length > 0 ? rejected : undefined });
  }

  #rset(reply: Reply, trigger: Trigger): void {
    const { session } = this;
    session.transactionOpen = trigger !== '2yz';
    if (trigger === '2yz') return;
    session.lockStep = true;
    // When the content, or DATA, left in the same group, the answers to come tell what becomes of the message.
    const committed = this.#content !== undefined || this.#commands.at(-1)!.phase === 'data';
    if (!committed) this.#refuse('rset', 'RSET', reply);
  }

  #mail(command: string, reply: Reply, trigger: Trigger): void {
    if (trigger === '2yz') this.session.transactionOpen = true;
    else this.#refuse('mail', command, reply);
  }

  #rcpt(path: string, reply: Reply, trigger: Trigger): void {
    const { session } = this;
    const recipients = this.#recipients;
    const accepted = trigger === '2yz';
    if (this.failure?.kind === 'reply') {
      // Accepted without a sender: this server does not read its commands in order.
      if (accepted) session.lockStep = session.transactionOpen = true;
      return;
    }
    session.events.push({ type: 'recipient', op: this.id, rcpt: path, accepted, reply });
    recipients.answer(path, reply, accepted);
    const nobody = recipients.complete && recipients.accepted.length === 0;
    if (nobody || (!accepted && session.options.partial === 'reject'))
      this.failure ??= recipients.failure('rcpt');
    if (this.failure !== undefined || !recipients.complete) return;
    if (this.#chunked) this.#open();
    else if (this.#commands.at(-1)!.phase !== 'data') this.#addData();
  }

  #data(reply: Reply, trigger: Trigger): void {
    if (trigger !== '354') this.#refuse('data', 'DATA', reply);
    else if (this.failure === undefined) this.#open();
    // RFC 2920 §3.1: the server waits for content although nobody is to get it.
    else new DataContent(this.session, redacted => this.#end(redacted, 0)).take(null);
  }

  #end(redacted: string, octets: number): Entry {
    const answer = (reply: Reply, trigger: Trigger): boolean => {
      const more = this.#final(redacted, reply, trigger);
      if (more) {
        this.move(trigger, 'final');
      } else {
        this.session.chunkOctets -= octets;
        this.#step(trigger);
      }
      return more;
    };
    return this.entry('final', redacted, answer, true);
  }

  /** True when LMTP owes one more reply. */
  #final(command: string, reply: Reply, trigger: Trigger): boolean {
    const { session } = this;
    const taken = trigger === '2yz';
    // RFC 5321 §4.1.1.4: DATA leaves no transaction behind, whatever the reply; RFC 3030 §2: a refused BDAT may.
    session.transactionOpen = this.#chunked && !taken;
    if (this.failure !== undefined) {
      if (this.#chunked && taken) session.lockStep = true;
      return false;
    }
    const { lmtp = false } = session.options;
    if (this.#recipients.deliver(reply, taken, lmtp)) return true;
    this.#result = this.#recipients.result;
    if (this.#result !== undefined) return false;
    if (lmtp) this.failure = this.#recipients.failure('final');
    else this.#refuse('final', command, reply);
    return false;
  }
}
