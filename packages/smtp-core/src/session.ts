import type { OpId, Phase } from './action.ts';
import type { ClientOptions } from './client-options.ts';
import { SmtpError } from './error.ts';
import type { SmtpEvent } from './event.ts';
import type { Capabilities } from './extension.ts';
import { MAX_IN_FLIGHT } from './limit.ts';
import type { Operation } from './operation.ts';
import { type Answer, Pipeline } from './pipeline.ts';
import { Recipients } from './recipients.ts';
import type { CommandResult, SendResult } from './result.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import type { Trigger } from './state.ts';

/** What `done` tells about an operation. */
export type Outcome = SmtpError | SendResult | CommandResult | Record<string, never>;

/** Something only the driver can do. */
export type Request =
  | { readonly type: 'starttls' }
  | { readonly type: 'auth'; readonly mechanism: SaslMechanism; readonly challenge: Uint8Array | null };

/** What the rooms of the client machine know in common: the connection, the work, and how it ends. */
export class Session {
  readonly options: ClientOptions;
  pipeline: Pipeline = new Pipeline();
  readonly events: SmtpEvent[] = [];
  /** Work that has begun, oldest first; only the last may have anything left to send. */
  readonly active: Operation[] = [];
  readonly queue: Operation[] = [];
  capabilities: Capabilities = new Map();
  secure: boolean;
  ready = false;
  closed = false;
  /** Why the session is over. */
  terminal: SmtpError | undefined;
  request: Request | undefined;
  /** What a mechanism answered, undefined when it threw. */
  response: Uint8Array | undefined;
  /** SASL responses as they went out: nothing that is kept or shown may repeat them. */
  readonly secrets: string[] = [];
  /** The reply to STARTTLS, until it is known that nothing came behind it (RFC 3207 §4). */
  deferred: Answer | undefined;
  /** The server holds a transaction: RSET must lead the next one. */
  transactionOpen = false;
  /** Whom the transaction of manual mode goes to. */
  recipients: Recipients = new Recipients();
  /** MAIL commands so far (RFC 9422 §3). */
  transactions = 0;
  /** Octets of BDAT chunks without a reply. */
  chunkOctets = 0;
  /** The server answered a group as no server should: one command at a time from here on. */
  lockStep = false;

  constructor(options: ClientOptions) {
    this.options = options;
    this.secure = options.tls === 'implicit';
  }

  /** Commands may share a write (RFC 2920). */
  get pipelining(): boolean {
    return !this.lockStep && this.options.pipelining !== false && this.capabilities.has('PIPELINING');
  }

  /** Another command may go out. */
  get room(): boolean {
    return this.pipeline.drained && this.pipeline.hasRoom(this.#limit);
  }

  /** The work that may have something left to send. */
  get current(): Operation | undefined {
    return this.active.at(-1);
  }

  /** What is waited for, or what comes next. */
  get phase(): Phase {
    // What is closed is active no more.
    return this.pipeline.next()?.phase ?? (this.current?.at as Phase | undefined) ?? 'idle';
  }

  get #limit(): number {
    return this.pipelining ? (this.options.maxInFlight ?? MAX_IN_FLIGHT) : 1;
  }

  /** Begins whatever may begin: the rest of the current work, the next one, or a transaction that rides behind it. */
  advance(): void {
    const { active, queue, pipeline } = this;
    this.current?.content?.fill();
    while (!this.closed && this.ready && queue.length > 0 && this.#mayBegin(queue[0]!)) {
      active.push(queue.shift()!);
      this.resume(this.current!, 'begin');
    }
    if (!pipeline.drained) pipeline.fill(this.#limit);
  }

  /** Lets an operation go on after a reply, or after something that happened on our side. */
  resume(op: Operation, trigger: Trigger, answer?: Answer): void {
    if (answer) {
      this.pipeline.shift();
      this.chunkOctets -= answer.octets;
    }
    try {
      const { done, value } = op.story.next(answer as Answer);
      if (done) {
        this.settle(op, value as Outcome | undefined);
        if (op.leaving) this.die(this.lost());
      } else if (value) {
        answer!.answers++;
        this.chunkOctets += answer!.octets;
        this.pipeline.unshift(answer!);
      }
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
      // Without its handshake a session is nothing.
      if (op.id === 0 || op.distrusting) this.die(error, !op.distrusting);
      else this.settle(op, error);
    }
    const { closed, pipeline, request } = this;
    const waiting =
      pipeline.next(op)?.phase ?? (request ? (request.type === 'auth' ? 'auth' : 'tls') : 'body');
    const to = closed ? 'closed' : this.active.includes(op) ? waiting : 'idle';
    if (trigger !== 'begin' || to !== 'idle') op.move(trigger, to);
  }

  /** Decides an operation. */
  settle(op: Operation, outcome: Outcome | undefined): void {
    const at = this.active.indexOf(op);
    if (at >= 0) this.active.splice(at, 1);
    if (outcome) this.report(op.id, outcome);
  }

  /** Tells what became of an operation. */
  report(op: OpId, outcome: Outcome): void {
    const ok = !(outcome instanceof SmtpError);
    this.events.push(
      ok ? { type: 'done', op, ok, result: outcome } : { type: 'done', op, ok, error: outcome },
    );
  }

  /**
   * Ends the session: the operation whose turn it was gets the error unless it failed before, a message whose end
   * was handed out is in doubt, and everything else may safely be tried again.
   *
   * @param error What ended it; it is completed with what is known about the message.
   * @param bye Write QUIT, without waiting for its reply.
   */
  die(error: SmtpError, bye = false): void {
    const { pipeline, active, queue, ready } = this;
    const owner = pipeline.next()?.op ?? this.current;
    // A 421 answers the command at the head; for LMTP some recipients may have been answered before.
    const inDoubt = pipeline.written
      .filter(
        ({ phase, answers }, i) => phase === 'final' && (i > 0 || error.kind !== 'closing' || answers > 0),
      )
      .map(({ op }) => op);
    this.pipeline = new Pipeline();
    if (bye) this.pipeline.octets(new TextEncoder().encode('QUIT\r\n'));
    this.closed = true;
    this.terminal = error;
    this.deferred = undefined;
    for (const op of [...active, ...queue.splice(0)]) {
      const doubt = inDoubt.includes(op);
      if (op === owner && doubt) Object.assign(error, { deliveryUnknown: true });
      if (op === owner && op.rejected.length > 0) Object.assign(error, { rejected: op.rejected });
      this.settle(op, op.failure ?? (op === owner || !ready ? error : this.lost(doubt)));
    }
  }

  /** The error of work that the end of the session left undone. */
  lost(inDoubt = false): SmtpError {
    const advice = 'Send again in another session: this one is over';
    return new SmtpError('disconnected', inDoubt ? 'final' : 'idle', advice, {
      cause: this.terminal,
      deliveryUnknown: inDoubt || undefined,
    });
  }

  /** Nothing else is in the works, or all of it has been sent and lets this ride behind it (RFC 2920 §3.1). */
  #mayBegin(op: Operation): boolean {
    const { active } = this;
    if (active.length === 0) return true;
    const { transactions, octets } = op.window ?? { transactions: 2, octets: Number.POSITIVE_INFINITY };
    return (
      this.pipelining &&
      op.envelope !== undefined &&
      active.every(({ failure, content }) => failure === undefined && content?.ended) &&
      active.length < transactions &&
      this.chunkOctets < octets
    );
  }
}
