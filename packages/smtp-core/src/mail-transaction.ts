import type { OpId, Phase } from './action.ts';
import { formatChunk } from './chunk-data.ts';
import { ChunkedContent, DottedContent } from './content.ts';
import type { Envelope } from './envelope.ts';
import { type EnvelopeCommands, envelopeCommands } from './envelope-command.ts';
import { SmtpError } from './error.ts';
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
  #chunked = false;
  #content: DottedContent | ChunkedContent | undefined;
  #ended = false;
  #result: SendResult | undefined;

  constructor(session: Session, id: OpId, envelope: Envelope) {
    super(session, id);
    this.#envelope = envelope;
    this.#recipients = new Recipients(envelope.to.length);
  }

  override start(): void {
    const { session } = this;
    let commands: EnvelopeCommands;
    try {
      commands = envelopeCommands(this.#envelope, session);
    } catch (error) {
      return session.settle(this, error as SmtpError);
    }
    this.#chunked = this.#mayChunk;
    const before = session.active.at(-2);
    // RFC 3030 §2: only RSET makes the state known after a BDAT that may yet be refused.
    const reset = before === undefined ? session.transactionOpen : (before as MailTransaction).#chunked;
    if (reset) this.#commands.push({ phase: 'rset', line: 'RSET', answer: (...a) => this.#rset(...a) });
    this.#commands.push({ phase: 'mail', line: commands.mail, answer: (...a) => this.#mail(...a) });
    this.#envelope.to.forEach((rcpt, i) => {
      this.#commands.push({
        phase: 'rcpt',
        line: commands.rcpt[i]!,
        answer: (...a) => this.#rcpt(rcpt, ...a),
      });
    });
    if (!this.#chunked && this.#eager && session.options.pipelineData) this.#pushData();
    session.transactions++;
    this.move('send', this.#commands[0]!.phase);
  }

  /** Content by BDAT: asked for, or the only way for binary (RFC 3030 §3). */
  get #mayChunk(): boolean {
    const { options, capabilities } = this.session;
    return this.#envelope.body === 'binary' || (options.transfer === 'bdat' && capabilities.has('CHUNKING'));
  }

  /** Nothing depends on the answers to RCPT: whoever is accepted gets the message. */
  get #eager(): boolean {
    return this.session.pipelining && this.session.options.partial !== 'reject';
  }

  /** Content follows RCPT at once, and other transactions follow the content. */
  get #window(): { readonly transactions: number; readonly octets: number } | undefined {
    return this.#eager && this.#mayChunk ? this.session.options.pipelineWindow : undefined;
  }

  override mayRide(): boolean {
    const { active, chunkOctets } = this.session;
    const { transactions, octets } = this.#window ?? { transactions: 2, octets: Number.POSITIVE_INFINITY };
    return active.length < transactions && chunkOctets < octets;
  }

  override get rejected(): readonly RecipientFailure[] {
    return this.#recipients.rejected;
  }

  override get trailing(): boolean {
    return this.#ended && this.failure === undefined;
  }

  override get hungry(): boolean {
    if (this.#content === undefined || this.#ended || this.failure !== undefined) return false;
    if (this.#content instanceof DottedContent) return this.#content.empty;
    return this.session.room && this.session.chunkOctets < (this.#window?.octets ?? Number.POSITIVE_INFINITY);
  }

  override fill(): void {
    const { session } = this;
    while (this.failure === undefined && session.room && this.#queued < this.#commands.length) {
      const { phase, line, answer } = this.#commands[this.#queued++]!;
      this.ask(phase, line, (reply, trigger) => {
        answer(reply, trigger);
        this.#step(trigger);
      });
    }
    if (this.#window && this.#queued === this.#commands.length && this.failure === undefined)
      this.#openContent();
    if (this.#content instanceof DottedContent && !session.pipeline.unwritten && !this.#ended) {
      const piece = this.#content.next();
      if (piece !== undefined) session.pipeline.octets(piece);
    }
  }

  #openContent(): void {
    this.#content ??= this.#chunked
      ? new ChunkedContent(this.#envelope.body === 'binary')
      : new DottedContent();
  }

  #pushData(): void {
    this.#commands.push({ phase: 'data', line: 'DATA', answer: (...a) => this.#data(...a) });
  }

  /** Moves on to whatever is waited for next, and settles when nothing is. */
  #step(trigger: Trigger): void {
    const { session } = this;
    const waiting = session.pipeline.next(this)?.phase;
    const coming = this.failure || this.#result ? 'idle' : (this.#commands[this.#queued]?.phase ?? 'body');
    this.move(trigger, waiting ?? coming);
    this.#conclude();
  }

  #conclude(): void {
    const outcome = this.failure ?? this.#result;
    if (outcome !== undefined && this.answered) this.session.settle(this, outcome);
  }

  #refuse(phase: Phase, command: string, reply: Reply): void {
    this.failure ??= refusal(
      phase,
      command,
      reply,
      this.rejected.length > 0 ? { rejected: this.rejected } : {},
    );
  }

  #rset(reply: Reply, trigger: Trigger): void {
    this.session.transactionOpen = trigger !== '2yz';
    if (trigger === '2yz') return;
    this.#refuse('rset', 'RSET', reply);
    this.session.lockStep = true;
  }

  #mail(reply: Reply, trigger: Trigger): void {
    if (trigger === '2yz') this.session.transactionOpen = true;
    else this.#refuse('mail', this.#commands.find(({ phase }) => phase === 'mail')!.line, reply);
  }

  #rcpt(rcpt: string, reply: Reply, trigger: Trigger): void {
    const { session } = this;
    const recipients = this.#recipients;
    const accepted = trigger === '2yz';
    if (this.failure !== undefined && this.failure.kind !== 'recipients') {
      // Accepted without a sender: this server does not read its commands in order.
      if (accepted) session.lockStep = session.transactionOpen = true;
      return;
    }
    session.events.push({ type: 'recipient', op: this.id, rcpt, accepted, reply });
    recipients.answer(rcpt, reply, accepted);
    const nobody = recipients.complete && recipients.accepted.length === 0;
    if (nobody || (!accepted && session.options.partial === 'reject'))
      this.failure ??= recipients.failure('rcpt');
    if (this.failure !== undefined || !recipients.complete) return;
    if (this.#chunked) this.#openContent();
    else if (this.#commands.at(-1)!.phase !== 'data') this.#pushData();
  }

  #data(reply: Reply, trigger: Trigger): void {
    if (trigger !== '354') {
      this.#refuse('data', 'DATA', reply);
    } else if (this.failure === undefined) {
      this.#openContent();
    } else {
      // RFC 2920 §3.1: the server waits for content although nobody is to get it.
      this.session.pipeline.octets(new TextEncoder().encode('.\r\n'), this.#end('.'));
    }
  }

  override body(chunk: Uint8Array | null): void {
    const content = this.#content!;
    if (content instanceof DottedContent) {
      if (chunk !== null) content.push(chunk);
      else this.session.pipeline.octets(content.end(), this.#end('.'));
    } else if (chunk === null) {
      this.#bdat(content.end(), true);
    } else {
      const ready = content.push(chunk);
      if (ready !== undefined) this.#bdat(ready, false);
    }
    if (chunk !== null) return;
    this.#ended = true;
    if (this.at === 'body' && this.session.pipeline.next(this)!.endsMessage) this.move('end', 'final');
  }

  /** @param octets Size of the BDAT chunk that ends the message. */
  #end(redacted: string, octets = 0): Entry {
    return this.entry(
      'final',
      redacted,
      (reply, trigger) => {
        const more = this.#final(reply, trigger, redacted);
        if (!more) this.session.chunkOctets -= octets;
        if (more) this.move(trigger, 'final');
        else this.#step(trigger);
        return more;
      },
      true,
    );
  }

  #bdat(octets: Uint8Array, last: boolean): void {
    const { session } = this;
    const redacted = `BDAT ${octets.length}${last ? ' LAST' : ''}`;
    session.chunkOctets += octets.length;
    const entry = last
      ? this.#end(redacted, octets.length)
      : this.entry('body', redacted, (reply, trigger) => {
          session.chunkOctets -= octets.length;
          if (trigger !== '2yz') this.#refuse('body', redacted, reply);
          else if (this.failure !== undefined) session.lockStep = true;
          this.#step(trigger);
        });
    session.pipeline.octets(formatChunk(octets, last), entry);
  }

  override bodyAbort(cause: unknown): void {
    const error = new SmtpError('aborted', 'body', 'Look at the source of the message: it failed', { cause });
    if (this.#content instanceof DottedContent) {
      this.move('source failed', 'closed');
      return this.session.die(error);
    }
    this.failure = error;
    if (this.answered) this.move('source failed', 'idle');
    this.#conclude();
  }

  /** True when LMTP owes one more reply. */
  #final(reply: Reply, trigger: Trigger, command: string): boolean {
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
