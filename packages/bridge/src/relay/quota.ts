import type { Clock } from './clock.ts';

/** What a session asks for; a negative `connections` gives one back. */
export interface QuotaCost {
  /** Names the budget: the token's `jti`. */
  readonly token: string;
  /** Milliseconds since 1970 when the budget may be forgotten, once no connection holds it. */
  readonly expires: number;
  readonly connections?: number;
  readonly recipients?: number;
  readonly octets?: number;
  /** What the token allows of each. */
  readonly limit: { readonly connections: number; readonly recipients: number; readonly octets: number };
}

/** Keeps what each subject has used of its tokens: in memory, or on Workers in the Durable Object of `durableStores`. */
export interface QuotaStore {
  /** Takes the whole cost and answers true, or takes nothing and answers false. */
  take(sub: string, cost: QuotaCost): boolean | Promise<boolean>;
}

/** What a token has used. */
export interface UsedQuota {
  readonly connections: number;
  readonly recipients: number;
  readonly octets: number;
}

/** What is used with the cost on top, or undefined when that is more than the token allows. */
export function addCost(
  used: UsedQuota | undefined,
  { limit, connections = 0, recipients = 0, octets = 0 }: QuotaCost,
): UsedQuota | undefined {
  const sum = {
    connections: (used?.connections ?? 0) + connections,
    recipients: (used?.recipients ?? 0) + recipients,
    octets: (used?.octets ?? 0) + octets,
  };
  const tooMuch =
    (connections > 0 && sum.connections > limit.connections) ||
    (recipients > 0 && sum.recipients > limit.recipients) ||
    (octets > 0 && sum.octets > limit.octets);
  return tooMuch ? undefined : sum;
}

/** A quota store for one process. */
export function memoryQuota(clock: Clock): QuotaStore {
  const budgets = new Map<string, UsedQuota & { readonly expires: number }>();
  let sweepAt = 0;

  function sweep(now: number): void {
    if (now < sweepAt) return;
    sweepAt = now + 60_000;
    for (const [key, used] of budgets) {
      if (used.connections <= 0 && used.expires <= now) budgets.delete(key);
    }
  }

  return {
    take(sub, cost) {
      sweep(clock.now());
      const key = JSON.stringify([sub, cost.token]);
      const used = addCost(budgets.get(key), cost);
      if (used === undefined) return false;
      budgets.set(key, { ...used, expires: cost.expires });
      return true;
    },
  };
}
