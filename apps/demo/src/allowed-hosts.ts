/** Names of this machine to itself. Any other name in Host came through DNS, where others decide where it points. */
export const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

const HOST = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Reads which host names are answered besides those of this machine, from `ALLOWED_HOSTS`: names alone, separated by commas.
 *
 * @throws {Error} One of them is no host name.
 */
export function readAllowedHosts(text = ''): ReadonlySet<string> {
  const hosts = text
    .toLowerCase()
    .split(',')
    .map(host => host.trim())
    .filter(host => host !== '');
  const wrong = hosts.find(host => host.length > 253 || !HOST.test(host));
  if (wrong !== undefined) {
    throw new Error(
      `Set ALLOWED_HOSTS to host names such as demo.example.com, separated by commas, not ${JSON.stringify(wrong)}`,
    );
  }
  return new Set([...loopbackHosts, ...hosts]);
}
