import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../provision/requirement.ts';
import { freePort, untilListening } from './port.ts';

/** Postfix's smtp-sink, running: each message it takes becomes a file. */
export interface SmtpSink {
  readonly port: number;
  /** The messages taken so far, each below the sink's own `X-` lines. */
  messages(): string[];
  stop(): Promise<void>;
}

/** Starts smtp-sink on a free loopback port; `keep: false` lets it drop what it takes. */
export async function startSmtpSink({ keep = true }: { readonly keep?: boolean } = {}): Promise<SmtpSink> {
  const program = findProgram('smtp-sink');
  if (program === undefined) throw new Error('Run npm test, which installs smtp-sink or says how');
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-sink-'));
  const spool = join(folder, 'spool');
  mkdirSync(spool, { mode: 0o777 });
  const port = await freePort();
  const asRoot = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const child = spawn(
    program,
    [...asRoot, ...(keep ? ['-d', `${spool}/%M.`] : []), `127.0.0.1:${port}`, '64'],
    {
      stdio: 'ignore',
    },
  );
  await untilListening(port);
  return {
    port,
    messages: () => readdirSync(spool).map(name => readFileSync(join(spool, name), 'utf8')),
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
