/** True if a token or target that lists `allowed` lets `from` be the reverse-path: its address, or `@` and its domain. */
export function isSenderAllowed(from: string, allowed: readonly string[]): boolean {
  const sender = foldDomain(from);
  const domain = sender.slice(sender.lastIndexOf('@'));
  return allowed.some(entry => {
    const pattern = foldDomain(entry);
    return pattern.startsWith('@') ? sender.lastIndexOf('@') > 0 && pattern === domain : pattern === sender;
  });
}

/** Domains are the same in any case; local parts are not (RFC 5321 §2.4). */
function foldDomain(address: string): string {
  const at = address.lastIndexOf('@');
  return address.slice(0, at + 1) + address.slice(at + 1).toLowerCase();
}
