/** The names that options may have; typed so that the list cannot fall behind the interface. */
export type KnownNames<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses options with a name that is not known: what it was to set would be left at its default.
 *
 * @throws {TypeError} It is no object, or has such a name.
 */
export function checkNames<T>(owner: string, options: unknown, known: KnownNames<T>): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`Pass ${owner} as an object`);
  const unknown = Object.keys(options).find(name => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known).join(', ');
  throw new TypeError(`Use one of ${names}: there is no ${JSON.stringify(unknown)} in ${owner}`);
}
