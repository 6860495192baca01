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

/** Keeps what each subject has used of its tokens. On Workers a Durable Object named by `sub` is the place for it. */
export interface QuotaStore {
  /** Takes the whole cost and answers true, or takes nothing and answers false. */
  take(sub: string, cost: QuotaCost): boolean | Promise<boolean>;
}

interface Used {
  connections: number;
  recipients: number;
  octets: number;
  expires: number;
}

/** A quota store for one process. */
export function memoryQuota(clock: Clock): QuotaStore {
  const budgets = new Map<string, Used>();
  let sweepAt = 0;

  function sweep(now: number): void {
    if (now < sweepAt) return;
    sweepAt = now + 60_000;
    for (const [key, used] of budgets) {
      if (used.connections <= 0 && used.expires <= now) budgets.delete(key);
    }
  }

  return {
    take(sub, { token, expires, limit, connections = 0, recipients = 0, octets = 0 }) {
      sweep(clock.now());
      const key = JSON.stringify([sub, token]);
      const used = budgets.get(key) ?? { connections: 0, recipients: 0, octets: 0, expires };
      if (
        (connections > 0 && used.connections + connections > limit.connections) ||
        (recipients > 0 && used.recipients + recipients > limit.recipients) ||
        (octets > 0 && used.octets + octets > limit.octets)
      ) {
        return false;
      }
      used.connections += connections;
      used.recipients += recipients;
      used.octets += octets;
      budgets.set(key, used);
      return true;
    },
  };
}
