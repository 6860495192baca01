/**
 * Refuses credentials that are no text, which would be sent as `undefined`. None is shown: it may hold the secret.
 *
 * @throws TypeError With the name of the first.
 */
export function demandText(credentials: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(credentials))
    if (typeof value !== 'string') throw new TypeError(`Give ${name} as a string`);
}
