import type { OpenControl } from './browser-leg.ts';
import { type RelayDetail, RelayError } from './fault.ts';
import { isOriginAllowed } from './origin.ts';
import type { RelayTarget } from './target.ts';
import { type RelayClaims, type RelaySecret, verifyRelayToken } from './token.ts';

/** What admission decides by. */
export interface AdmissionPolicy {
  readonly targets: ReadonlyMap<string, RelayTarget>;
  readonly keys: Readonly<Record<string, RelaySecret>>;
  readonly origins: readonly string[];
  readonly allowNonBrowser: boolean;
  readonly audience: string;
}

/**
 * Decides whether a browser may have what it asks for.
 *
 * @param now Milliseconds since 1970.
 * @throws {RelayError} `E_TOKEN` for the token, `E_POLICY` for everything else.
 */
export async function admit(
  policy: AdmissionPolicy,
  open: OpenControl,
  origin: string | undefined,
  now: number,
): Promise<{ readonly claims: RelayClaims; readonly target: RelayTarget }> {
  const { keys, audience } = policy;
  const claims = await verifyRelayToken(open.token, { keys, audience, now });
  if (!isOriginAllowed(origin, policy.origins, policy.allowNonBrowser)) throw refusal('origin');
  if (origin !== undefined && !claims.org.includes(origin)) throw refusal('token-origin');
  if (!claims.tgt.includes(open.target)) throw refusal('token-target');
  const target = policy.targets.get(open.target);
  if (target === undefined) throw refusal('target');
  return { claims, target };
}

function refusal(detail: RelayDetail): RelayError {
  return new RelayError('E_POLICY', 'open', { detail });
}
