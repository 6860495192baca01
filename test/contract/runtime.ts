import type { Capability } from './case.ts';

/** A runtime that passes the contract, and what it can do beyond the relay. */
export interface Runtime {
  readonly title: string;
  /** Where its socket comes from. */
  readonly connector: string;
  readonly capabilities: readonly Capability[];
}

/** Differences are declared here and nowhere else: no case asks for a runtime's name. */
export const runtimes = {
  node: { title: 'Node 24', connector: 'node', capabilities: ['sockets', 'trust'] },
  node22: { title: 'Node 22', connector: 'node', capabilities: ['sockets', 'trust'] },
  bun: { title: 'Bun', connector: 'node', capabilities: ['sockets', 'trust'] },
  deno: { title: 'Deno', connector: 'deno', capabilities: ['sockets', 'trust'] },
  workerd: { title: 'Cloudflare Workers', connector: 'workerd', capabilities: ['sockets'] },
  browser: { title: 'Browsers (Chromium)', connector: 'websocket', capabilities: [] },
} as const satisfies Readonly<Record<string, Runtime>>;
