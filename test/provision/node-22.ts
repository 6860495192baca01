import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The oldest Node that is supported: NODE_22, else the one in a workspace of its own, whose program is `node` too. */
export function node22Path(): string {
  // Not resolved as a module: without this very copy, the newer Node at the root would be found and tested twice.
  const brought = `../../runtimes/node-22/node_modules/node-${process.platform}-${process.arch}/bin/node`;
  const path = process.env.NODE_22 ?? fileURLToPath(new URL(brought, import.meta.url));
  if (!existsSync(path)) throw new Error(`Set NODE_22 to the path of a Node 22: there is none at ${path}`);
  return path;
}
