import type { Connection } from '@posthaste/bridge';
import type { Secrets } from './secrets.ts';

/** The connection, but for the secrets that the server repeats in what its verbs give or throw. */
export function maskedConnection(connection: Connection, secrets: Secrets): Connection {
  return new Proxy(connection, {
    // The target as receiver: its private fields are its own.
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        const result: unknown = value.apply(target, given);
        return result instanceof Promise ? withoutSecrets(result, secrets) : result;
      };
    },
  });
}

/** What a promise gives or throws, without the secrets. */
export async function withoutSecrets<T>(promise: Promise<T>, secrets: Secrets): Promise<T> {
  try {
    return secrets.maskedResult(await promise);
  } catch (error) {
    throw secrets.maskedError(error);
  }
}
