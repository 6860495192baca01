import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, openConnection } from '@posthaste/bridge';
import type { SmtpError } from '@posthaste/smtp-core';
import type { FaultyServer } from '../peer/faulty-server.ts';

export type Options = Partial<Parameters<typeof openConnection>[0]>;
type Ending = 'accepted' | 'rejected' | 'unknown';

/** What a client says became of a message. */
export interface Fate {
  readonly text: string;
  readonly ending: Ending;
  /** The end of the content was handed out. */
  readonly handedOut: boolean;
  readonly error: unknown;
}

export const envelope = { from: 'ann@example.org', to: ['bob@example.net', 'carol@example.net'] };

const PHASES = 'greeting hello starttls tls auth mail rcpt data body final rset quit command'.split(' ');

/** The same deadline for every phase, in milliseconds. */
export const timeoutsOf = (ms: number): Record<string, number> =>
  Object.fromEntries(PHASES.map(phase => [phase, ms]));

/** Why the tests abort. */
export const reason = new Error('Changed my mind');

/** Whether this is the end that an abort of the tests brings. */
export function isOurs(error: unknown): boolean {
  const { kind, cause } = error as { kind?: unknown; cause?: unknown };
  return kind === 'aborted' && cause === reason;
}

/** Sends a message once its connection is open, and hears what became of it; never rejects. */
export async function fateOf(
  connecting: Promise<Connection>,
  text: string,
  signal?: AbortSignal,
): Promise<Fate> {
  let handedOut = false;
  try {
    const connection = await connecting;
    await connection.sendRaw(envelope, new TextEncoder().encode(text), {
      ...(signal && { signal }),
      onProgress: ({ phase }) => {
        handedOut ||= phase === 'final';
      },
    });
    return { text, ending: 'accepted', handedOut, error: undefined };
  } catch (error) {
    const ending = (error as SmtpError).deliveryUnknown ? 'unknown' : 'rejected';
    return { text, ending, handedOut, error };
  }
}

/** Everything in which what a client says differs from what the server committed. */
export function contradictions(fates: readonly Fate[], commits: readonly string[]): string[] {
  const wrong: string[] = [];
  for (const { text, ending, handedOut } of fates) {
    const name = JSON.stringify(text.slice(0, 16));
    const copies = commits.filter(commit => commit === text).length;
    if (copies > 1) wrong.push(`${name} was committed ${copies} times`);
    if (ending === 'accepted' && copies === 0) wrong.push(`${name} is accepted but not committed`);
    if (ending === 'rejected' && copies > 0) wrong.push(`${name} is rejected but committed`);
    if (ending === 'unknown' && !handedOut) wrong.push(`${name} is in doubt before its end`);
  }
  const texts = fates.map(({ text }) => text);
  for (const commit of commits)
    if (!texts.includes(commit)) wrong.push(`committed ${JSON.stringify(commit.slice(0, 200))}`);
  return wrong;
}

/** Whether a promise settles within `ms` milliseconds. */
export function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, sleep(ms, false, { ref: false })]);
}

/** Waits until no client is connected; says so when one stays. */
export async function abandoned(server: Pick<FaultyServer, 'deserted'>, ms: number): Promise<string[]> {
  return (await settles(server.deserted(), ms)) ? [] : ['left its connection open'];
}

/** Runs cases some at a time; gives what is wrong with each. */
export async function complaintsOf<T>(
  cases: readonly (readonly [name: string, T])[],
  run: (value: T) => Promise<readonly string[]>,
  atATime = 8,
): Promise<string[]> {
  const waiting = [...cases];
  const wrong: string[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      for (const complaint of await run(next[1])) wrong.push(`${next[0]}: ${complaint}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return wrong;
}

/** Sockets and timers that keep the process alive. */
export const openHandles = (): number =>
  process.getActiveResourcesInfo().filter(name => /TCP|TLS|Timeout/.test(name)).length;

/** Waits until no more handles are open than were before. */
export async function handlesClosed(before: number): Promise<boolean> {
  for (let turn = 0; turn < 600; turn++) {
    if (openHandles() <= before) return true;
    await sleep(50, undefined, { ref: false });
  }
  return false;
}
