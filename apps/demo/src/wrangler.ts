import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { formatBanner } from './banner.ts';
import { readWorkerEnvironment, type WorkerEnvironment } from './environment.ts';
import { explainPort } from './port.ts';

const HOST = '127.0.0.1';

/** Runs the demo as a Worker under `wrangler dev`, once the port is known to be free. */
async function main(): Promise<void> {
  const environment = readWorkerEnvironment();
  const { port } = environment;
  await checkPort(port);
  const wrangler = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('../bin/wrangler.js', import.meta.resolve('wrangler'))),
      'dev',
      ...wranglerOptions(environment),
    ],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal));
  wrangler.once('exit', code => {
    process.exitCode = code ?? 0;
  });
  await answering(`http://${HOST}:${port}/`, wrangler);
  console.log(
    formatBanner({
      origin: `http://${HOST}:${port}`,
      notes: [
        'Workers cannot listen for SMTP: mail comes in through the relay, to an inbox in a Durable Object.',
        'Ctrl+C stops the demo.',
      ],
    }),
  );
}

function wranglerOptions({ port, allowedHosts, persistTo }: WorkerEnvironment): string[] {
  const options = ['--ip', HOST, '--port', String(port), '--inspector-port', '0', '--log-level', 'warn'];
  if (persistTo !== undefined) options.push('--persist-to', persistTo);
  if (allowedHosts !== undefined) options.push('--var', `ALLOWED_HOSTS:${allowedHosts}`);
  return options;
}

/** wrangler would take the next free port without a word, and the address would be another. */
function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: unknown) =>
      reject(explainPort(error, 'PORT', port, 'npm run start:workers')),
    );
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

/** Waits until the Worker answers, or wrangler has ended. */
async function answering(url: string, wrangler: ChildProcess): Promise<void> {
  while (wrangler.exitCode === null && wrangler.signalCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error('Read what wrangler wrote above: it ended before it answered');
}

main().catch((error: unknown) => {
  console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
