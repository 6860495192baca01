import type { Clock } from './clock.ts';
import type { RelayLimits } from './limit.ts';
import type { QuotaStore } from './quota.ts';
import type { RelayClaims } from './token.ts';

/** Octets paid for ahead. */
const blockOctets = 1_048_576;
/** How long whoever waits for a release waits at most, in milliseconds: a store that hangs must keep nobody. */
const releaseMs = 2000;

/** What one session takes from its token's budget. */
export class TokenBudget {
  readonly #quota: QuotaStore;
  readonly #claims: RelayClaims;
  readonly #connections: number;
  #prepaid = 0;
  #released: Promise<void> | undefined;

  constructor(quota: QuotaStore, claims: RelayClaims, limits: RelayLimits) {
    this.#quota = quota;
    this.#claims = claims;
    this.#connections = Math.min(claims.conns, limits.tokenConnections);
  }

  /** Counts a connection; false when there are as many as the token may have. */
  connect(): Promise<boolean> {
    return this.#take({ connections: 1 });
  }

  /** Counts a recipient. */
  recipient(): Promise<boolean> {
    return this.#take({ recipients: 1 });
  }

  /** Counts octets; they are paid for in blocks, because the store may be far away. */
  spend(octets: number): boolean | Promise<boolean> {
    if (octets <= this.#prepaid) {
      this.#prepaid -= octets;
      return true;
    }
    return this.#prepay(octets);
  }

  /** Gives back the connection and what was paid and not used, once however often it is called. */
  release(): Promise<void> {
    this.#released ??= this.#giveBack();
    return this.#released;
  }

  async #giveBack(): Promise<void> {
    const prepaid = this.#prepaid;
    this.#prepaid = 0;
    await this.#take({ connections: -1, octets: -prepaid });
  }

  async #prepay(octets: number): Promise<boolean> {
    const missing = octets - this.#prepaid;
    const paid = (await this.#take({ octets: missing + blockOctets })) ? blockOctets : 0;
    if (paid === 0 && !(await this.#take({ octets: missing }))) return false;
    this.#prepaid = paid;
    return true;
  }

  async #take(cost: { connections?: number; recipients?: number; octets?: number }): Promise<boolean> {
    const { sub, jti, exp, rcpt, bytes } = this.#claims;
    const limit = { connections: this.#connections, recipients: rcpt, octets: bytes };
    return this.#quota.take(sub, { token: jti, expires: exp * 1000, limit, ...cost });
  }
}

/** Settles when a budget was given back; never rejects, for a store that fails is no reason to go on. */
export function released(budget: Pick<TokenBudget, 'release'>, clock: Clock): Promise<void> {
  return new Promise(resolve => {
    const cancel = clock.timer(releaseMs, resolve);
    budget
      .release()
      .catch(() => {})
      .finally(() => {
        cancel();
        resolve();
      });
  });
}
