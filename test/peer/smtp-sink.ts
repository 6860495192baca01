import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../provision/requirement.ts';
import { startDaemon } from './background-program.ts';
import { freePort, untilListening } from './port.ts';
import { makeServerFolder, removeServerFolder } from './server-folder.ts';

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
  const folder = makeServerFolder('sink');
  const spool = join(folder, 'spool');
  mkdirSync(spool, { mode: 0o777 });
  const port = await freePort();
  const asRoot = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const args = [...asRoot, ...(keep ? ['-d', `${spool}/%M.`] : []), `127.0.0.1:${port}`, '64'];
  const daemon = await startDaemon(program, args, signal => untilListening([port], signal), {
    stdio: 'ignore',
  });
  return {
    port,
    messages: () => readdirSync(spool).map(name => readFileSync(join(spool, name), 'utf8')),
    async stop() {
      await daemon.stop();
      removeServerFolder(folder);
    },
  };
}
