/** ESMTP parameters of a MAIL or RCPT command: upper-case keyword → value, `''` for a keyword alone. */
export type EsmtpParameters = ReadonlyMap<string, string>;

/**
 * Reads the parameters behind a path (RFC 5321 §4.1.2, esmtp-param).
 *
 * @param text The rest of the command line, such as ` SIZE=10 SMTPUTF8`; `''` is no parameters.
 * @returns The parameters, or undefined when the text is malformed or names a keyword twice.
 *
 * @example Read what followed MAIL FROM
 * ```ts
 * parseParameters(' size=10 SMTPUTF8'); // Map { SIZE → '10', SMTPUTF8 → '' }
 * ```
 */
export function parseParameters(text: string): EsmtpParameters | undefined {
  const parameters = new Map<string, string>();
  if (text === '') return parameters;
  if (!text.startsWith(' ')) return undefined;
  for (const parameter of text.split(' ')) {
    if (parameter === '') continue;
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^=\u0000-\u0020\u007f]+))?$/.exec(parameter);
    if (match === null) return undefined;
    const keyword = match[1]!.toUpperCase();
    if (parameters.has(keyword)) return undefined;
    parameters.set(keyword, match[2] ?? '');
  }
  return parameters;
}
