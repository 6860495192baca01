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
    const auth = line.replace(/^(?:AUTH|X-EXPS)(?![^ \t=])=?/i, 'AUTH ');
    // Names of mechanisms are in upper case too; other parameters stay as they are.
    const upper = auth.replace(/^AUTH .*|[^ \t]+/i, text => text.toUpperCase());
    const [keyword, ...parameters] = upper.match(/[^ \t]+/g) ?? [];
    if (keyword) capabilities.set(keyword, [...(capabilities.get(keyword) ?? []), ...parameters]);
  }
  return capabilities;
}
