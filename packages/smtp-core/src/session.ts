import type { Phase } from './action.ts';
import type { ClientOptions } from './client-options.ts';
import { SmtpError } from './error.ts';
import type { SmtpEvent } from './event.ts';
import type { Capabilities } from './extension.ts';
import { MAX_IN_FLIGHT } from './limit.ts';
import type { Operation } from './operation.ts';
import { Pipeline } from './pipeline.ts';
import { Recipients } from './recipients.ts';
import type { CommandResult, SendResult } from './result.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';

/** What `done` tells about an operation. */
export type Outcome = SmtpError | SendResult | CommandResult | Record<string, never>;

/** Something only the driver can do, and where its answer goes; `undefined` says that it could not. */
export type Request =
  | { readonly type: 'starttls'; answer(failed: boolean, cause?: unknown): void }
  | {
      readonly type: 'auth';
      readonly mechanism: SaslMechanism;
      readonly challenge: Uint8Array | null;
      answer(response: Uint8Array | undefined): void;
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
    return this.pipeline.size < (this.pipelining ? (this.options.maxInFlight ?? MAX_IN_FLIGHT) : 1);
  }

  /** The work that may have something left to send. */
  get current(): Operation | undefined {
    return this.active.at(-1);
  }

  /** What is waited for, or what comes next. */
  get phase(): Phase {
    // What is closed is active no more.
    return this.pipeline.head?.phase ?? (this.current?.at as Phase | undefined) ?? 'idle';
  }

  /** Begins whatever may begin: the rest of the current work, the next one, or a transaction that rides behind it. */
  advance(): void {
    const { active, queue } = this;
    while (!this.closed) {
      this.current?.fill();
      const next = queue[0];
      const riding = this.pipelining && next?.mayRide && active.every(op => op.trailing);
      if (next === undefined || !this.ready || (active.length > 0 && !riding)) return;
      active.push(next);
      queue.shift();
      next.start();
    }
  }

  /** Decides an operation. */
  settle(op: Operation, outcome: Outcome): void {
    const at = this.active.indexOf(op);
    if (at >= 0) this.active.splice(at, 1);
    this.report(op.id, outcome);
  }

  /** Tells what became of an operation. */
  report(op: number, outcome: Outcome): void {
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
    const owner = pipeline.head?.op ?? this.current;
    // A 421 answers the command at the head; for LMTP some recipients may have been answered before.
    const inDoubt = pipeline.written
      .filter((entry, i) => entry.endsMessage && (i > 0 || error.kind !== 'closing' || entry.answers > 0))
      .map(entry => entry.op);
    pipeline.clear();
    if (bye) pipeline.line('QUIT');
    this.closed = true;
    this.terminal = error;
    this.deferred = undefined;
    for (const op of [...active, ...queue.splice(0)]) {
      const doubt = inDoubt.includes(op);
      if (op === owner && doubt) Object.assign(error, { deliveryUnknown: true });
      if (op === owner && op.rejected.length > 0) Object.assign(error, { rejected: op.rejected });
      op.settle(op.failure ?? (op === owner || !ready ? error : this.lost(doubt)));
    }
  }

  /** Ends the session as QUIT does. */
  leave(op: Operation): void {
    op.move('any', 'closed');
    op.settle({});
    this.die(this.lost());
  }

  /** The error of work that the end of the session left undone. */
  lost(inDoubt = false): SmtpError {
    return new SmtpError(
      'disconnected',
      inDoubt ? 'final' : 'idle',
      'Send again in another session: this one is over',
      {
        cause: this.terminal,
        deliveryUnknown: inDoubt || undefined,
      },
    );
  }
}
