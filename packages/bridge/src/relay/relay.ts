import type { Connect } from '../socket.ts';
import { BrowserLeg } from './browser-leg.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Resolve, submissionPorts } from './destination.ts';
import { RelayError } from './fault.ts';
import { addressBlock } from './ip-address.ts';
import { checkedLimits, type RelayLimits } from './limit.ts';
import type { RelayLogEvent } from './log.ts';
import { checkOrigins } from './origin.ts';
import { memoryOutcomes, type OutcomeStore } from './outcome.ts';
import { memoryQuota, type QuotaStore } from './quota.ts';
import { type RelayContext, RelaySession } from './relay-session.ts';
import { type RelayTarget, targetTable } from './target.ts';
import { checkSecret, defaultAudience, type RelaySecret } from './token.ts';
import type { RelayWebSocket } from './websocket.ts';

/** What a relay may do, and for whom. */
export interface RelayOptions {
  /** Mail servers by the alias that tokens and browsers name them by. */
  readonly targets: Readonly<Record<string, RelayTarget>>;
  /** Secrets of `mintRelayToken`, by `kid`. */
  readonly keys: Readonly<Record<string, RelaySecret>>;
  /** Pages that may connect, as browsers send their origin: `https://app.example.com`. */
  readonly origins: readonly string[];
  /** Lets in programs that send no origin. Default: false. */
  readonly allowNonBrowser?: boolean;
  /** Opens connections to mail servers. */
  readonly connect: Connect;
  /** Finds the addresses that are vetted and then connected to; without it the runtime resolves by itself. */
  readonly resolve?: Resolve;
  /** Ports a target may have. Default: 465, 587, 2525. */
  readonly ports?: readonly number[];
  /** `aud` of the tokens. Default: `smtp-bridge.v1`. */
  readonly audience?: string;
  /** Domain name the relay calls itself by, to browsers and mail servers. Default: whatever the runtime knows. */
  readonly name?: string;
  readonly quota?: QuotaStore;
  readonly outcomes?: OutcomeStore;
  /** Timers and sizes; a session must not last longer than forty minutes in all. */
  readonly limits?: Partial<RelayLimits>;
  readonly log?: (event: RelayLogEvent) => void;
  readonly clock?: Clock;
}

/** Whom a WebSocket belongs to. */
export interface RelayPeer {
  /** `Origin` of the upgrade request, if it had one. */
  readonly origin?: string | undefined;
  /** IP address, where the host knows it. */
  readonly remoteAddress?: string | undefined;
}

export interface Relay {
  /** Serves one open WebSocket; settles when its session is over, and never rejects. */
  accept(webSocket: RelayWebSocket, peer: RelayPeer): Promise<void>;
  /** Takes nobody new, lets transactions finish, and settles when every session has ended. */
  drain(): Promise<void>;
}

/**
 * Makes a relay: a submission gateway between WebSockets and mail servers.
 *
 * @throws {TypeError} A host, origin or secret is malformed.
 * @throws {RangeError} A port is not allowed, or the limits let a session last too long.
 *
 * @example One mail server for one page
 * ```ts
 * const relay = createRelay({
 *   targets: { default: { host: 'smtp.example.com', port: 465, tls: 'implicit', auth: () => [plain(user, password)] } },
 *   keys: { '2026-11': secret },
 *   origins: ['https://app.example.com'],
 *   connect,
 * });
 * ```
 */
export function createRelay(options: RelayOptions): Relay {
  const { clock = systemClock } = options;
  checkOrigins(options.origins);
  for (const secret of Object.values(options.keys)) checkSecret(secret);
  const limits = checkedLimits(options.limits);
  const draining = new AbortController();
  const context: RelayContext = {
    targets: targetTable(options.targets, options.ports ?? submissionPorts),
    keys: { ...options.keys },
    origins: [...options.origins],
    allowNonBrowser: options.allowNonBrowser ?? false,
    connect: options.connect,
    resolve: options.resolve,
    audience: options.audience ?? defaultAudience,
    name: options.name,
    quota: options.quota ?? memoryQuota(clock),
    outcomes: options.outcomes ?? memoryOutcomes(clock),
    limits,
    log: options.log ?? (() => {}),
    clock,
    draining: draining.signal,
    pending: new Map(),
  };
  const sessions = new Map<BrowserLeg, Promise<void>>();

  return {
    accept(webSocket, peer) {
      const leg = new BrowserLeg(webSocket, clock, limits);
      const block = peer.remoteAddress === undefined ? undefined : addressBlock(peer.remoteAddress);
      const session = new RelaySession(context, leg, { ...peer, block }).run();
      sessions.set(leg, session);
      return session.finally(() => sessions.delete(leg));
    },
    async drain() {
      draining.abort();
      const cancel = clock.timer(limits.drainMs, () => {
        for (const leg of sessions.keys()) leg.fail(new RelayError('E_DRAINING', leg.phase));
      });
      await Promise.all(sessions.values());
      cancel();
    },
  };
}
