/** What EHLO offered: upper-case keyword → parameters as written (RFC 5321 §4.1.1.1). */
export type Capabilities = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the reply to EHLO or LHLO: its first line names the server, each further line an extension. The old forms
 * `AUTH=` and `X-EXPS` are AUTH, and lists of one keyword are merged.
 *
 * @param lines Texts of the reply.
 *
 * @example Look for a mechanism
 * ```ts
 * parseEhlo(['s.test', 'SIZE 1000', 'AUTH PLAIN', 'AUTH=LOGIN']).get('AUTH'); // ['PLAIN', 'LOGIN']
 * ```
 */
export function parseEhlo(lines: readonly string[]): Capabilities {
  const capabilities = new Map<string, string[]>();
  for (const line of lines.slice(1)) {
    const words = line
      .replace(/^(?:AUTH|X-EXPS)(?=[ =]|$)=?/i, 'AUTH ')
      .split(/[ \t]+/)
      .filter(Boolean);
    const keyword = words.shift()?.toUpperCase();
    if (keyword === undefined) continue;
    const parameters = keyword === 'AUTH' ? words.map(name => name.toUpperCase()) : words;
    capabilities.set(keyword, [...(capabilities.get(keyword) ?? []), ...parameters]);
  }
  return capabilities;
}
