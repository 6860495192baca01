/**
 * True if a page of this origin may use the relay: an exact match, or no origin at all where the operator lets programs
 * in. `null`, the origin of sandboxed pages and local files, is nobody's and never matches (RFC 6454 §7.3).
 */
export function isOriginAllowed(
  origin: string | undefined,
  allowed: readonly string[],
  allowNonBrowser: boolean,
): boolean {
  return origin === undefined ? allowNonBrowser : origin !== 'null' && allowed.includes(origin);
}

/** @throws {TypeError} An entry is not an origin as browsers send it. */
export function checkOrigins(origins: readonly string[]): void {
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || /\*|^null$/.test(origin)) {
      throw new TypeError(
        `Write the origin as scheme://host[:port], without a path or wildcard: ${JSON.stringify(origin)}`,
      );
    }
  }
}
