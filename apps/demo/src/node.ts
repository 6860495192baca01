import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { listen } from '@posthaste/bridge/listen';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, relayRoute, relayWebSocketServer } from '@posthaste/bridge/relay/node';
import { loopbackHosts } from './allowed-hosts.ts';
import { createApp } from './app.tsx';
import { formatBanner } from './banner.ts';
import { makeCertificate } from './certificate.ts';
import { readNodeEnvironment } from './environment.ts';
import { MemoryStore } from './inbox/memory-store.ts';
import { INBOX_SERVER, inboxHandler } from './inbox/smtp-server.ts';
import { explainPort } from './port.ts';

const HOST = '127.0.0.1';
const KEY_ID = 'demo';

/** Starts everything; each part adds to `undo` how it is stopped. */
async function start(undo: (() => Promise<unknown>)[]): Promise<void> {
  const { port, smtpPort, target = { host: HOST, port: smtpPort } } = readNodeEnvironment();
  const origins = [`http://${HOST}:${port}`, `http://localhost:${port}`];
  const store = new MemoryStore();
  const certificate = await makeCertificate();
  if (certificate) undo.push(certificate.remove);
  const listener = await listen({
    hostname: HOST,
    port: smtpPort,
    server: INBOX_SERVER,
    handler: inboxHandler(store),
    ...(certificate ? { mode: 'starttls', cert: certificate.cert, key: certificate.key } : { mode: 'plain' }),
  }).catch((error: unknown) => {
    throw explainPort(error, 'SMTP_PORT', smtpPort, 'npm start');
  });
  undo.push(listener.close);

  const secret = randomBytes(32);
  const relay = createRelay({
    targets: { default: { ...target, tls: 'none', allowPrivate: true } },
    ports: [target.port],
    keys: { [KEY_ID]: secret },
    origins,
    // A program on this machine could send to the inbox itself; a page of another origin could not.
    allowNonBrowser: true,
  });
  const upstream = `${target.host}:${target.port}`;
  const inbox = upstream === `${HOST}:${smtpPort}`;
  const app = createApp({
    // It listens on this machine alone.
    allowedHosts: loopbackHosts,
    site: {
      smtp: { host: HOST, port: smtpPort, startTls: certificate !== undefined },
      upstream,
      inbox,
      retention: store.retention,
    },
    store,
    mint: from => mintRelayToken({ sub: 'demo', org: origins, from }, { kid: KEY_ID, secret }),
    relay: relayRoute(relay),
    assets: serveStatic({
      root: fileURLToPath(new URL('../client', import.meta.url)),
      // Their names outlive a build, and a script of one build does not fit one of another.
      onFound: (_path, c) => c.header('cache-control', 'no-cache'),
    }),
  });
  const web = serve({
    fetch: app.fetch,
    hostname: HOST,
    port,
    websocket: { server: relayWebSocketServer() },
  });
  await once(web, 'listening').catch((error: unknown) => {
    throw explainPort(error, 'PORT', port, 'npm start');
  });

  console.log(
    formatBanner({
      origin: origins[0]!,
      smtp: `${HOST}:${smtpPort}  ${certificate ? 'STARTTLS or plain' : 'plain only: openssl, which makes the certificate, is not on PATH'}, any login`,
      ...(certificate && { certificate: certificate.path }),
      notes: [
        inbox ? 'Mail stays on this machine, in memory.' : `The relay sends to ${upstream}.`,
        'Ctrl+C stops the demo.',
      ],
    }),
  );
}

async function main(): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await start(undo);
  } catch (error) {
    await stop();
    console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  // Open pages hold connections that nobody waits for.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop().finally(process.exit));
}

await main();
