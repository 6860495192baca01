import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDaemon } from '../peer/background-program.ts';
import { freePort, untilListening } from '../peer/port.ts';
import { makeServerFolder, removeServerFolder } from '../peer/server-folder.ts';
import { call } from './call.ts';

const folder = fileURLToPath(new URL('../../apps/demo', import.meta.url));

/** The demo, running as a person would run it. */
export interface Demo {
  /** Origin of its pages. */
  readonly origin: string;
  readonly smtpPort: number;
  /** Everything it has printed. */
  output(): string;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/** Starts the built Node server on free ports; `env` adds to its environment. */
export async function startOnNode(env: Environment = {}): Promise<Demo> {
  const port = await freePort();
  const smtpPort = await freePort();
  const { output, stop } = await startDaemon(
    process.execPath,
    ['dist/server/node.js'],
    signal => untilListening([port], signal),
    surroundings({ PORT: String(port), SMTP_PORT: String(smtpPort), ...env }),
  );
  return { origin: `http://127.0.0.1:${port}`, smtpPort, output, stop };
}

/** Starts the Worker under wrangler on a free port, its storage in a folder of its own; `env` adds to its environment. */
export async function startOnWorkers(env: Environment = {}): Promise<Demo> {
  const port = await freePort();
  const storage = makeServerFolder('storage');
  const origin = `http://127.0.0.1:${port}`;
  try {
    const { output, stop } = await startDaemon(
      process.execPath,
      ['src/wrangler.ts'],
      signal => untilAnswering(`${origin}/`, signal),
      surroundings({ PORT: String(port), PERSIST_TO: storage, ...env }),
    );
    return { origin, smtpPort: 0, output, stop: () => stop().finally(() => removeServerFolder(storage)) };
  } catch (error) {
    removeServerFolder(storage);
    throw error;
  }
}

/** What Node has to say about its own options and features is not the demo's output. */
function surroundings(env: Environment): { cwd: string; env: NodeJS.ProcessEnv } {
  return { cwd: folder, env: { ...process.env, NODE_NO_WARNINGS: '1', ...env } };
}

async function untilAnswering(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    // One request may be lost while wrangler starts.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
    const response = await call(url, { signal: patience }).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    if (response?.ok) return;
    await sleep(250, undefined, { signal });
  }
}

/** The status of a request under a Host of one's own, which fetch forbids. */
export async function statusUnderHost({ origin }: Demo, host: string): Promise<number | undefined> {
  const asked = request(`${origin}/api/messages`, { agent: false, headers: { host } }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  return response.statusCode;
}
