import type { Phase, Wait } from './action.ts';
import type { ClientOptions } from './client-options.ts';
import { SmtpError } from './error.ts';
import type { SmtpEvent } from './event.ts';
import type { Capabilities } from './extension.ts';
import { MAX_IN_FLIGHT, replyTimeoutMs } from './limit.ts';
import type { Operation } from './operation.ts';
import { Pipeline } from './pipeline.ts';
import { Recipients } from './recipients.ts';
import type { CommandResult, SendResult } from './result.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';

/** Something only the driver can do, and where its answer goes. */
export type Request =
  | { readonly type: 'starttls'; started(): void; failed(cause: unknown): void }
  | {
      readonly type: 'auth';
      readonly mechanism: SaslMechanism;
      readonly challenge: Uint8Array | null;
      respond(bytes: Uint8Array): void;
      abort(): void;
    };

/** What the rooms of the client machine know in common: the connection, the work, and how it ends. */
export class Session {
  readonly options: ClientOptions;
  readonly pipeline: Pipeline = new Pipeline();
  readonly events: SmtpEvent[] = [];
  /** Work that has begun, oldest first; only the last may have anything left to send. */
  readonly active: Operation[] = [];
  readonly queue: Operation[] = [];
  capabilities: Capabilities = new Map();
  secure: boolean;
  authenticated = false;
  ready = false;
  closed = false;
  /** Why the session is over. */
  terminal: SmtpError | undefined;
  request: Request | undefined;
  /** SASL responses as they went out: nothing that is kept or shown may repeat them. */
  readonly secrets: string[] = [];
  /** What to do about a reply once it is known that nothing came behind it (RFC 3207 §4). */
  deferred: (() => void) | undefined;
  /** The server holds a transaction: RSET must lead the next one. */
  transactionOpen = false;
  /** Whom the transaction of manual mode goes to. */
  recipients: Recipients = new Recipients(0);
  /** MAIL commands so far (RFC 9422 §3). */
  transactions = 0;
  /** Octets of BDAT chunks without a reply. */
  chunkOctets = 0;
  /** The server answered a group as no server should: one command at a time from here on. */
  lockStep = false;
  /** Replies so far: each one starts another deadline. */
  replies = 0;

  constructor(options: ClientOptions) {
    this.options = options;
    this.secure = options.tls === 'implicit';
  }

  /** Commands may share a write (RFC 2920). */
  get pipelining(): boolean {
    return !this.lockStep && this.options.pipelining !== false && this.capabilities.has('PIPELINING');
  }

  /** Another command may be queued. */
  get room(): boolean {
    const { size } = this.pipeline;
    return this.pipelining ? size < (this.options.maxInFlight ?? MAX_IN_FLIGHT) : size === 0;
  }

  /** What is waited for, or what comes next. */
  get phase(): Phase {
    const at = this.pipeline.head?.phase ?? this.active.at(-1)?.at ?? 'idle';
    return at === 'closed' ? 'idle' : at;
  }

  get wait(): Wait {
    return { id: this.replies, phase: this.phase, ms: replyTimeoutMs(this.phase) };
  }

  /** Begins whatever may begin: the rest of the current work, the next one, or a transaction that rides behind it. */
  advance(): void {
    while (!this.closed) {
      this.active.at(-1)?.fill();
      const next = this.queue[0];
      if (next === undefined || !this.ready) return;
      if (
        this.active.length > 0 &&
        !(this.pipelining && this.active.every(op => op.trailing) && next.mayRide())
      )
        return;
      this.queue.shift();
      this.active.push(next);
      next.start();
    }
  }

  /** Decides an operation. */
  settle(op: Operation, outcome: SmtpError | SendResult | CommandResult | Record<string, never>): void {
    const at = this.active.indexOf(op);
    if (at >= 0) this.active.splice(at, 1);
    this.events.push(
      outcome instanceof SmtpError
        ? { type: 'done', op: op.id, ok: false, error: outcome }
        : { type: 'done', op: op.id, ok: true, result: outcome },
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
    const owner = pipeline.head?.op ?? active.at(-1);
    // A 421 answers the command at the head; for LMTP some recipients may have been answered before.
    const inDoubt = pipeline.written
      .filter((entry, i) => entry.endsMessage && (i > 0 || error.kind !== 'closing' || entry.answers > 0))
      .map(entry => entry.op);
    pipeline.clear();
    if (bye) pipeline.line('QUIT');
    this.closed = true;
    this.terminal = error;
    this.request = this.deferred = undefined;
    for (const op of [...active, ...queue.splice(0)]) {
      const doubt = inDoubt.includes(op);
      if (op === owner) {
        if (doubt) Object.assign(error, { deliveryUnknown: true });
        if (op.rejected.length > 0) Object.assign(error, { rejected: op.rejected });
      }
      this.settle(op, op.failure ?? (op === owner || !ready ? error : this.lost(doubt)));
    }
  }

  /** The error of work that the end of the session left undone. */
  lost(inDoubt = false): SmtpError {
    return new SmtpError(
      'disconnected',
      inDoubt ? 'final' : 'idle',
      'Send again in another session: this one is over',
      {
        cause: this.terminal,
        deliveryUnknown: inDoubt ? true : undefined,
      },
    );
  }
}
