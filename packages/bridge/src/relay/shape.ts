/** Tells whether a value that came from outside is what a key must hold. */
export type Check = (value: unknown) => boolean;
/** The keys an object must have, and no others. */
export type Shape = Readonly<Record<string, Check>>;

export const text: Check = value => typeof value === 'string';
export const flag: Check = value => typeof value === 'boolean';
export const count: Check = value => Number.isSafeInteger(value) && (value as number) >= 0;
export const positive: Check = value => count(value) && value !== 0;

export function oneOf(...allowed: readonly unknown[]): Check {
  return value => allowed.includes(value);
}

export function between(least: number, most: number): Check {
  return value => count(value) && (value as number) >= least && (value as number) <= most;
}

export function matching(pattern: RegExp): Check {
  return value => typeof value === 'string' && pattern.test(value);
}

export function listOf(check: Check): Check {
  return value => Array.isArray(value) && value.every(check);
}

export function nullable(check: Check): Check {
  return value => value === null || check(value);
}

export function optional(check: Check): Check {
  return value => value === undefined || check(value);
}

export function object(shape: Shape): Check {
  return value => isObject(value) && fits(value, shape);
}

/** True if `value` has exactly the keys of `shape`, each with a value it takes. */
export function fits(value: Record<string, unknown>, shape: Shape): boolean {
  return (
    Object.keys(value).every(key => Object.hasOwn(shape, key)) &&
    Object.entries(shape).every(([key, check]) => check(Object.hasOwn(value, key) ? value[key] : undefined))
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
