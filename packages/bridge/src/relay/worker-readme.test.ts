import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { passwordMailServer } from '../../fixture/password-mail-server.ts';
import { placeProgram, readmeProgram, replaced } from '../../fixture/readme-program.ts';
import { relaySecret } from '../../fixture/relay-set-up.ts';
import { relayConnect, relayOutcome } from '../connect/websocket.ts';
import { openConnection } from '../open-connection.ts';
import { makeTransactionId } from '../transaction.ts';
import { mintRelayToken } from './token.ts';

const origin = 'https://app.example.com';

/** Runs a Worker in workerd; its address. */
async function startWorker(program: string): Promise<URL> {
  const { path, remove } = placeProgram(program);
  onTestFinished(remove);
  const config = join(path, '..', 'wrangler.json');
  writeFileSync(
    config,
    JSON.stringify({
      name: 'relay',
      main: path,
      compatibility_date: '2026-08-01',
      durable_objects: { bindings: [{ name: 'RELAY', class_name: 'RelaySubject' }] },
      migrations: [{ tag: 'v1', new_sqlite_classes: ['RelaySubject'] }],
      vars: { RELAY_SECRET: relaySecret, SMTP_PASSWORD: 'canary' },
    }),
  );
  const { unstable_startWorker: start } = await import('wrangler');
  const server = { hostname: '127.0.0.1', port: 0 };
  const worker = await start({
    config,
    dev: { server, persist: false, inspector: false, watch: false, logLevel: 'error' },
  });
  onTestFinished(() => worker.dispose());
  await worker.ready;
  return new URL('/relay', await worker.url);
}

test('the Worker of the README relays a message, and is asked about it', async () => {
  const { port, taken, authority } = await passwordMailServer();
  // workerd trusts what this variable names when wrangler is loaded.
  process.env.NODE_EXTRA_CA_CERTS = authority;
  const program = replaced(readmeProgram('durableStores('), {
    'smtp.example.com': 'localhost',
    'port: 465,': `port: ${port}, allowPrivate: true,`,
    'origins:': `ports: [${port}], origins:`,
  });
  const url = await startWorker(program);
  class FromPage extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, { protocols, headers: { origin } } as never);
    }
  }
  const relay = {
    url: url.href.replace('http', 'ws'),
    token: () =>
      mintRelayToken(
        { sub: 'user-1', org: [origin], from: ['@example.org'] },
        { kid: '2026-11', secret: relaySecret },
      ),
    WebSocket: FromPage as never,
  };
  const connection = await openConnection({ hostname: 'relay.test', connect: relayConnect(relay) });
  const transaction = makeTransactionId();
  const message = new TextEncoder().encode('Subject: Hello\r\n\r\nHello\r\n');
  await connection.sendRaw({ from: 'ann@example.org', to: ['bob@example.net'] }, message, { transaction });
  await connection.quit();
  expect(await relayOutcome(relay, transaction)).toMatchObject({ state: 'accepted', reply: { code: 250 } });
  expect(taken).toEqual(['Subject: Hello\r\n\r\nHello\r\n']);
});
