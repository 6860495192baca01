import type { SaslMechanism } from '@posthaste/smtp-core';
import { checkDestination } from './destination.ts';
import type { RelayMode } from './protocol.ts';

/** A mail server that a browser may name by its alias, and how to reach it. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first octet. `starttls`: required. `none`: in the clear, for a server on this machine. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** Default: `submit`. In `bytes` the relay sees whatever is not encrypted end to end, passwords included. */
  readonly mode?: RelayMode;
  /** Fresh SASL mechanisms for one session, in order of preference; submit mode. */
  readonly auth?: () => readonly SaslMechanism[];
  /** Reverse-paths the target takes: addresses, or `@domain`. Default: whatever the token allows. */
  readonly from?: readonly string[];
  /** Lets the host be an address of this machine or network. */
  readonly allowPrivate?: boolean;
  /** PEM certificates to trust besides the runtime's own, where the runtime lets a program choose. */
  readonly ca?: string | readonly string[];
}

/**
 * Copies the targets so that no alias is anything but what the operator wrote.
 *
 * @throws {TypeError} A host is malformed, or `auth` is set where the browser would speak to the server itself.
 * @throws {RangeError} A port is not allowed.
 */
export function targetTable(
  targets: Readonly<Record<string, RelayTarget>>,
  ports: readonly number[],
): ReadonlyMap<string, RelayTarget> {
  const table = new Map(Object.entries(targets));
  for (const [alias, target] of table) {
    checkDestination(target.host, target.port, ports);
    if (target.mode === 'bytes' && target.auth !== undefined) {
      throw new TypeError(
        `Leave auth out of a target in bytes mode, whose users bring their own: ${JSON.stringify(alias)}`,
      );
    }
  }
  return table;
}
