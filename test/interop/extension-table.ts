import { readFileSync } from 'node:fs';
import type { Capabilities } from '@posthaste/smtp-core';

/** The line of the table for what a server said to EHLO; keep `docs/interop.md` like it. */
export function extensionRow(server: string, capabilities: Capabilities): string {
  const lines = [...capabilities].map(([keyword, parameters]) => `\`${[keyword, ...parameters].join(' ')}\``);
  return `| ${server} | ${lines.sort().join(' ')} |`;
}

/** The lines of the table as they were recorded, blanks that only align it left out. */
export function recordedRows(): string[] {
  const page = readFileSync(new URL('../../docs/interop.md', import.meta.url), 'utf8');
  return page
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.replace(/ +/g, ' '));
}
