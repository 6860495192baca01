import { MailerError } from './error.ts';

/** What a function that was passed in threw, under the name of its option. */
export function callbackError(option: string, cause: unknown): MailerError {
  return new MailerError('callback', `Catch errors inside ${option}: it threw`, { cause });
}

/** A listener whose errors say that they are its own. */
export function namedListener<T>(option: string, listener: (value: T) => void): (value: T) => void {
  return value => {
    try {
      listener(value);
    } catch (cause) {
      throw callbackError(option, cause);
    }
  };
}

/**
 * Calls a function that was passed in for what it gives.
 *
 * @throws MailerError `callback`, or the signal's reason when it was aborted meanwhile
 */
export async function askCallback<T>(
  option: string,
  question: () => T | Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    throw signal.aborted ? signal.reason : callbackError(option, cause);
  }
}
