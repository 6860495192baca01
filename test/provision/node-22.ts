import { fileURLToPath } from 'node:url';

/** The oldest Node that is supported: in a workspace of its own, for its package calls its program `node` too. */
export function node22Path(): string {
  // Not resolved as a module: without this very copy, the newer Node at the root would be found and tested twice.
  const path = `../node-22/node_modules/node-linux-${process.arch}/bin/node`;
  return fileURLToPath(new URL(path, import.meta.url));
}
