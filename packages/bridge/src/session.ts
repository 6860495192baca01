import { type OpId, type Phase, type SmtpClient, SmtpError, type SmtpEvent } from '@posthaste/smtp-core';
import type { ContentReader } from './content.ts';
import type { DriveHost } from './drive-host.ts';

/** One piece of work for the machine, and whoever waits for its result. */
export interface Job {
  /** Gives the work to the machine. */
  start(machine: SmtpClient): OpId;
  /** Names the transaction it begins to the relay, just before `start`. */
  name?(): void;
  readonly content?: ContentReader;
  /** Hears how many content octets were handed to the socket, and at last that these were all. */
  onSent?(octets: number, ended: boolean): void;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface StartedJob {
  readonly job: Job;
  sentOctets: number;
  /** The end of the content was handed out: only the server knows what becomes of the message. */
  ended: boolean;
  aborted?: { readonly reason: unknown };
}

/** What the owner of a session hears beyond the results of its jobs. */
export interface SessionListener
  extends Pick<DriveHost, 'onFailure' | 'onFirstOctets' | 'onSecure' | 'onEnd'> {
  onReady(): void;
  /** The handshake failed; no job will succeed. */
  onRefused(error: SmtpError): void;
  /** A listener threw, and no message is left in doubt by ending the session for it now. */
  onGivenUp(error: unknown): void;
  onReply(event: Extract<SmtpEvent, { type: 'reply' }>): void;
}

/**
 * Jobs for one machine, in order. Few are with the machine at a time, enough for it to pipeline, so that a job which
 * is given up before its turn leaves no trace.
 */
export class Session implements DriveHost {
  readonly #machine: SmtpClient;
  readonly #listener: SessionListener;
  readonly #ahead: number;
  #waiting: Job[] = [];
  /** Those whose turn comes first, the next one last: taking from the front of a long array would move all of it. */
  #turn: Job[] = [];
  #mechanismFailure: unknown;
  readonly #started = new Map<OpId, StartedJob>();
  #fault: { readonly error: unknown } | undefined;

  /** @param ahead How many jobs the machine may hold at a time. */
  constructor(machine: SmtpClient, listener: SessionListener, ahead: number) {
    this.#machine = machine;
    this.#listener = listener;
    this.#ahead = ahead;
  }

  /** Queues a job; the drive must be pumped afterwards. */
  add(job: Job): void {
    this.#waiting.push(job);
    this.#handOver();
  }

  /** Gives a job up and rejects it at once; the drive must be pumped afterwards. */
  abort(job: Job, reason: unknown): void {
    const started = [...this.#started.values()].find(candidate => candidate.job === job);
    if (started === undefined) {
      this.#waiting = this.#waiting.filter(candidate => candidate !== job);
      this.#turn = this.#turn.filter(candidate => candidate !== job);
    } else started.aborted = { reason };
    const ended = started?.ended === true;
    job.content?.cancel(reason);
    job.reject(
      new SmtpError(
        'aborted',
        ended ? 'final' : this.#machine.state,
        'Send it again if this was not wanted: aborted',
        {
          cause: reason,
          deliveryUnknown: ended ? true : undefined,
        },
      ),
    );
  }

  /** What a listener of the session threw: nothing more is begun, and the session ends. */
  get fault(): { readonly error: unknown } | undefined {
    return this.#fault;
  }

  /** Ends the session for what a listener threw, once the server has decided every message that left whole. */
  giveUp(error: unknown): void {
    this.#fault ??= { error };
    this.#leave();
  }

  onEvent(event: SmtpEvent): void {
    switch (event.type) {
      case 'ready':
        this.#listener.onReady();
        break;
      case 'reply':
        this.#listener.onReply(event);
        break;
      case 'recipient':
        break;
      case 'done':
        if (!event.ok) this.#explainCancel(event.error);
        if (event.op !== 0) this.#settle(event);
        else if (!event.ok) this.#listener.onRefused(this.#blame(event.error));
    }
  }

  aborted(op: OpId): { readonly reason: unknown } | undefined {
    return this.#started.get(op)?.aborted;
  }

  get signInAborted(): boolean {
    // Nothing else is under way while a session signs in.
    const [oldest] = this.#started.values();
    return oldest?.aborted !== undefined;
  }

  content(op: OpId, max: number): Uint8Array | null | Promise<Uint8Array | null> {
    const started = this.#started.get(op)!;
    // More is asked for, so what was given before has left.
    started.job.onSent?.(started.sentOctets, false);
    const octets = started.job.content!.next(max);
    if (octets instanceof Promise) return octets.then(chunk => this.#count(started, chunk));
    return this.#count(started, octets);
  }

  onFirstOctets(octets: Uint8Array): void {
    this.#listener.onFirstOctets(octets);
  }

  onSecure(...secure: Parameters<DriveHost['onSecure']>): void {
    this.#listener.onSecure(...secure);
  }

  onFailure(step: 'socket' | 'tls' | 'auth', error: unknown): void {
    if (step === 'auth') this.#mechanismFailure = error;
    this.#listener.onFailure(step, error);
  }

  onEnd(): void {
    this.#listener.onEnd();
  }

  /** @throws what a listener threw, and the reason of an abort by a listener: the message's end never leaves then */
  #count(started: StartedJob, chunk: Uint8Array | null): Uint8Array | null {
    if (this.#fault !== undefined) throw this.#fault.error;
    if (chunk !== null) {
      started.sentOctets += chunk.length;
      return chunk;
    }
    started.job.onSent?.(started.sentOctets, true);
    if (started.aborted !== undefined) throw started.aborted.reason;
    started.ended = true;
    return null;
  }

  #leave(): void {
    if (this.#fault === undefined || [...this.#started.values()].some(({ ended }) => ended)) return;
    const { error } = this.#fault;
    // Not at once: the machine may be in the middle of what the listener heard of.
    queueMicrotask(() => this.#listener.onGivenUp(error));
  }

  /** The machine only knows that the session was ended from outside, or before a message's turn. */
  #blame(error: SmtpError): SmtpError {
    const ended = error.retrySafe && (error.kind === 'io' || error.kind === 'disconnected');
    return this.#fault !== undefined && ended ? listenerError(error.phase, this.#fault) : error;
  }

  #handOver(): void {
    while (this.#started.size < this.#ahead) {
      if (this.#turn.length === 0) {
        this.#turn = this.#waiting.reverse();
        this.#waiting = [];
      }
      const job = this.#turn.at(-1);
      // The relay gives the name to the MAIL that comes next, so no other may be on its way.
      if (job === undefined || (job.name !== undefined && this.#started.size > 0)) return;
      this.#turn.pop();
      try {
        job.name?.();
        this.#started.set(job.start(this.#machine), { job, sentOctets: 0, ended: false });
      } catch (error) {
        // An argument that throws when it is looked at is the trouble of its own job.
        job.content?.cancel(error);
        job.reject(error);
      }
    }
  }

  /** The machine only knows that the mechanism threw; what it threw may be a token that could not be fetched. */
  #explainCancel(error: SmtpError): void {
    if (error.kind === 'auth' && error.reason === 'cancelled') error.cause ??= this.#mechanismFailure;
  }

  #settle(done: Extract<SmtpEvent, { type: 'done' }>): void {
    const started = this.#started.get(done.op);
    if (started === undefined) return;
    this.#started.delete(done.op);
    if (done.ok) started.job.resolve(done.result);
    else {
      started.job.content?.cancel(done.error);
      started.job.reject(this.#blame(done.error));
    }
    this.#leave();
    this.#handOver();
  }
}

/** What ends with a session whose listener threw. */
export function listenerError(phase: Phase, { error }: { readonly error: unknown }): SmtpError {
  return new SmtpError('aborted', phase, 'Catch errors inside onTranscript: it threw', { cause: error });
}
