/** A mail server on this machine. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
}

const LOCAL = /^(localhost|127(?:\.\d{1,3}){3}):(\d{1,5})$/i;

/**
 * Reads the mail server that the relay speaks to from `RELAY_TARGET`; undefined where none is named.
 *
 * @throws {Error} It is no `host:port`, or not on this machine: the relay speaks to it without TLS.
 */
export function readRelayTarget(text = ''): RelayTarget | undefined {
  if (text === '') return undefined;
  const [, host, digits] = LOCAL.exec(text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new Error(
    `Set RELAY_TARGET to a mail server on this machine, such as 127.0.0.1:1025, not ${JSON.stringify(text)}: the relay speaks to it without TLS`,
  );
}
