import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, untilListening } from '../peer/port.ts';

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

/** Starts the built Node server on free ports; `env` adds to its environment. */
export async function startOnNode(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const port = await freePort();
  const smtpPort = await freePort();
  const demo = run(['dist/server/node.js'], { PORT: String(port), SMTP_PORT: String(smtpPort), ...env });
  await Promise.race([untilListening(port, 30_000), failed(demo)]);
  return { origin: `http://127.0.0.1:${port}`, smtpPort, output: demo.output, stop: () => stop(demo) };
}

/** Starts the Worker under wrangler on a free port, its storage in a folder of its own; `env` adds to its environment. */
export async function startOnWorkers(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const port = await freePort();
  const storage = mkdtempSync(join(tmpdir(), 'posthaste-storage-'));
  const demo = run(['src/wrangler.ts'], { PORT: String(port), PERSIST_TO: storage, ...env });
  const origin = `http://127.0.0.1:${port}`;
  await Promise.race([untilAnswering(`${origin}/`), failed(demo)]);
  return {
    origin,
    smtpPort: 0,
    output: demo.output,
    async stop() {
      await stop(demo);
      rmSync(storage, { recursive: true, force: true });
    },
  };
}

/** The status of a request under a Host of one's own, which fetch forbids. */
export async function statusUnderHost({ origin }: Demo, host: string): Promise<number | undefined> {
  const asked = request(`${origin}/api/messages`, { headers: { host } }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  return response.statusCode;
}

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

async function failed({ child, output }: Running): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`The demo ended with ${code} before it answered:\n${output()}`);
}

async function stop({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}

async function untilAnswering(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  throw new Error(`${url} did not answer in a minute`);
}
