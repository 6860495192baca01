/** Runs work while nobody else who asks for the same name does: in other pages too, where there are Web Locks. */
export type Lock = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** A lock among all pages and workers of an origin; without Web Locks, among the users of this function's result. */
export function lockNamed(name: string): Lock {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks === undefined) return lockHere();
  return (work, signal) => locks.request(name, signal ? { signal } : {}, work);
}

function lockHere(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (work, signal) => {
    const turn = last.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  };
}
