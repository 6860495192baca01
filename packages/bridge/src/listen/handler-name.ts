import type { KnownNames } from '../option-name.ts';
import type { ServeHandler } from '../serve-handler.ts';

const known: KnownNames<ServeHandler> = {
  onHello: true,
  onAuth: true,
  onMail: true,
  onRcpt: true,
  onData: true,
  onMessage: true,
  onContent: true,
  onVerify: true,
  onReset: true,
  onTranscript: true,
  onError: true,
};

/**
 * Refuses a method whose name is nearly one of ours: mail that it was to judge would be taken. A handler may have more
 * about it than its answers, and it may inherit these.
 *
 * @throws {TypeError} It is no object, or has such a method.
 */
export function checkHandler(handler: unknown): void {
  if (typeof handler !== 'object' || handler === null) throw new TypeError('Pass handler as an object');
  for (const name of methodsOf(handler)) {
    const meant = Object.keys(known).find(answer => isNear(name.toLowerCase(), answer.toLowerCase()));
    if (meant === undefined) continue;
    throw new TypeError(`Use ${meant}: there is no ${JSON.stringify(name)} in handler`);
  }
}

/** Methods that are no answers, inherited ones included: a class keeps its own in its prototype. */
function methodsOf(handler: object): string[] {
  const names: string[] = [];
  for (let level = handler; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(level));
    names.push(...methods.filter(([, { value }]) => typeof value === 'function').map(([name]) => name));
  }
  return names.filter(name => !Object.hasOwn(known, name));
}

/** One letter added, left out, replaced, or exchanged with its neighbour, after the first letter behind `on`. */
function isNear(a: string, b: string): boolean {
  const longest = Math.min(a.length, b.length);
  let before = 0;
  while (before < longest && a[before] === b[before]) before++;
  let behind = 0;
  while (behind < longest - before && a.at(-1 - behind) === b.at(-1 - behind)) behind++;
  const [ours, theirs] = [a.slice(before, a.length - behind), b.slice(before, b.length - behind)];
  const swapped = ours.length === 2 && ours === [...theirs].reverse().join('');
  return before > 2 && (swapped || Math.max(ours.length, theirs.length) <= 1);
}
