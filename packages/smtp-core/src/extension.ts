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
    const [word = '', ...rest] = line.split(/[ \t]+/).filter(Boolean);
    const [, old, mechanism] = /^(AUTH|X-EXPS)=(.*)$/i.exec(word) ?? [];
    let keyword = (old ?? word).toUpperCase();
    let parameters = mechanism ? [mechanism, ...rest] : rest;
    if (keyword === '') continue;
    if (keyword === 'X-EXPS') keyword = 'AUTH';
    if (keyword === 'AUTH') parameters = parameters.map(name => name.toUpperCase());
    capabilities.set(keyword, [...new Set([...(capabilities.get(keyword) ?? []), ...parameters])]);
  }
  return capabilities;
}
