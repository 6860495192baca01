import type { Connect, TlsInfo } from '../socket.ts';
import { type AdmissionPolicy, admit } from './admission.ts';
import type { BrowserLeg, OpenControl } from './browser-leg.ts';
import { TokenBudget } from './budget.ts';
import type { Clock } from './clock.ts';
import type { Resolve } from './destination.ts';
import { dial, upstreamFault } from './dial.ts';
import { RelayError } from './fault.ts';
import { Gateway } from './gateway.ts';
import type { RelayLimits } from './limit.ts';
import type { RelayLogEvent, SessionEvent } from './log.ts';
import type { OutcomeStore } from './outcome.ts';
import type { QuotaStore } from './quota.ts';
import { isSenderAllowed } from './sender.ts';
import type { RelayTarget } from './target.ts';
import type { RelayClaims } from './token.ts';
import { TransactionLedger } from './transaction-ledger.ts';
import { Tunnel } from './tunnel.ts';
import { openUpstream } from './upstream.ts';

/** Characters of an origin and of a target that are logged: the browser's side chose them. */
const maxLoggedCharacters = 255;

/** What a relay without a name calls itself to browsers (RFC 6761 §6.4). */
const defaultName = 'relay.invalid';

/** What all sessions of a relay have in common. */
export interface RelayContext extends AdmissionPolicy {
  readonly connect: Connect;
  readonly resolve: Resolve | undefined;
  readonly name: string | undefined;
  readonly quota: QuotaStore;
  readonly outcomes: OutcomeStore;
  readonly limits: RelayLimits;
  readonly log: (event: RelayLogEvent) => void;
  readonly clock: Clock;
  /** Aborts when the relay takes nobody new. */
  readonly draining: AbortSignal;
  /** How many sessions of each address block have not shown a valid token yet. */
  readonly pending: Map<string, number>;
}

/** Whom a session belongs to; `block` is what counts as one peer. */
export interface SessionPeer {
  readonly origin?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly block: string | undefined;
}

interface Admitted {
  /** Octets the browser is ready to receive. The rest of what it sent to open is not kept: a token is long. */
  readonly window: number;
  readonly claims: RelayClaims;
  readonly target: RelayTarget;
  readonly budget: TokenBudget;
}

/** One WebSocket, from its opening to its end. */
export class RelaySession {
  readonly #context: RelayContext;
  readonly #leg: BrowserLeg;
  readonly #peer: SessionPeer;
  /** Joined anew: Node's own string is a dozen pieces, ten times as large in memory. */
  readonly #id = crypto.randomUUID().split('-').join('-');
  /** Alias that the browser asked for. */
  #target: string | undefined;

  constructor(context: RelayContext, leg: BrowserLeg, peer: SessionPeer) {
    this.#context = context;
    this.#leg = leg;
    this.#peer = peer;
  }

  /** Serves the session to its end; never rejects. */
  async run(): Promise<void> {
    const { clock } = this.#context;
    const started = clock.now();
    try {
      const admitted = await this.#admitted();
      try {
        const service = await this.#connect(admitted);
        await service.run();
      } finally {
        await admitted.budget.release();
      }
    } catch (error) {
      this.#leg.fail(upstreamFault(error, this.#leg.phase));
    }
    const { reason } = this.#leg.signal;
    if (reason instanceof RelayError) this.#logFailed(reason);
    this.#log({ event: 'closed', ms: clock.now() - started, ...this.#leg.traffic });
  }

  /** Waits for `open` and decides on it; counts as pending until then. */
  async #admitted(): Promise<Admitted> {
    const { limits, pending } = this.#context;
    const { block = '' } = this.#peer;
    const waiting = pending.get(block) ?? 0;
    // Where the host knows no address there is nothing to count by.
    if (block !== '' && waiting >= limits.pendingConnections) {
      throw new RelayError('E_QUOTA', 'open', { detail: 'quota-address' });
    }
    pending.set(block, waiting + 1);
    try {
      const cancel = this.#leg.deadline(limits.openMs);
      const open = await this.#leg.open().finally(cancel);
      return await this.#decide(open);
    } finally {
      const left = (pending.get(block) ?? 1) - 1;
      if (left === 0) pending.delete(block);
      else pending.set(block, left);
    }
  }

  /** A refusal takes its time, the same whatever its reason. */
  async #decide(open: OpenControl): Promise<Admitted> {
    const { clock, draining, limits, quota } = this.#context;
    const asked = clock.now();
    this.#target = open.target.slice(0, maxLoggedCharacters);
    try {
      if (draining.aborted) throw new RelayError('E_DRAINING', 'open');
      const { claims, target } = await admit(this.#context, open, this.#peer.origin, asked);
      const budget = new TokenBudget(quota, claims, limits);
      if (!(await budget.connect())) throw new RelayError('E_QUOTA', 'open', { detail: 'quota-connections' });
      this.#leg.hold(budget);
      this.#logOpened(open.target, target, claims);
      return { window: open.window, target, claims, budget };
    } catch (error) {
      await this.#until(asked + limits.refusalMs);
      throw error;
    }
  }

  /** Gives what serves the browser from here on: what it took to connect is not kept meanwhile. */
  async #connect({ window, target, claims, budget }: Admitted): Promise<Tunnel | Gateway> {
    const { clock, limits, name, outcomes, draining, connect, resolve } = this.#context;
    const leg = this.#leg;
    leg.phase = 'connect';
    const asked = clock.now();
    const cancel = leg.deadline(limits.connectMs + (target.tls === 'implicit' ? limits.tlsMs : 0));
    const { socket, info } = await dial(target, { connect, resolve }, leg.signal)
      .catch(async error => {
        if (error instanceof RelayError && error.code === 'E_POLICY')
          await this.#until(asked + limits.refusalMs);
        throw error;
      })
      .finally(cancel);
    const accept = (tls: TlsInfo | undefined): void =>
      leg.accept(window, {
        t: 'opened',
        mode: target.mode ?? 'submit',
        window: limits.window,
        limits: { bytes: limits.upBytes, idleMs: limits.idleMs, totalMs: limits.totalMs },
        secure: tls === undefined ? null : { proto: tls.protocol ?? '', cipher: tls.cipher ?? '' },
      });
    if (target.mode === 'bytes') {
      accept(info.tls);
      return new Tunnel(leg, socket, limits.tlsMs);
    }
    const { connection, tls } = await openUpstream(target, { socket, info }, leg, {
      limits,
      name,
    });
    accept(tls);
    const ledger = new TransactionLedger(claims.sub, outcomes, {
      tell: control => leg.control(control),
      log: event => this.#log(event),
    });
    return new Gateway({
      leg,
      connection,
      ledger,
      budget,
      maySend: from =>
        isSenderAllowed(from, claims.from) && isSenderAllowed(from, target.from ?? claims.from),
      name: name ?? defaultName,
      maxOctets: Math.min(limits.upBytes, claims.bytes),
      draining,
    });
  }

  #until(time: number): Promise<void> {
    const { clock } = this.#context;
    return new Promise(resolve => {
      clock.timer(Math.max(time - clock.now(), 0), resolve);
    });
  }

  #logOpened(target: string, { mode = 'submit' }: RelayTarget, { sub, jti }: RelayClaims): void {
    this.#log({ event: 'opened', target, mode, sub, jti, ...this.#who() });
  }

  #logFailed({ code, phase, detail }: RelayError): void {
    this.#log({ event: 'failed', code, phase, detail, target: this.#target, ...this.#who() });
  }

  #who(): { readonly origin: string | undefined; readonly remoteAddress: string | undefined } {
    return {
      origin: this.#peer.origin?.slice(0, maxLoggedCharacters),
      remoteAddress: this.#peer.remoteAddress,
    };
  }

  #log(event: SessionEvent): void {
    this.#context.log({ session: this.#id, ...event });
  }
}
