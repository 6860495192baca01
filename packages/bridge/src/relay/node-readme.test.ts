import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { passwordMailServer } from '../../fixture/password-mail-server.ts';
import { placeProgram, readmeProgram, replaced } from '../../fixture/readme-program.ts';
import { relaySecret } from '../../fixture/relay-set-up.ts';
import { relayConnect } from '../connect/websocket.ts';
import { openConnection } from '../open-connection.ts';

const origin = 'https://app.example.com';

/** Runs a program that prints the address it listens at, and tells it to end when the test has. */
async function startProgram(program: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { path, remove } = placeProgram(program);
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    remove();
  });
  const lines = createInterface(child.stdout);
  const [first] = await Promise.race([once(lines, 'line'), ended]);
  return String(first);
}

test('the program of the README serves a relay and its tokens', async () => {
  const { port, taken, authority } = await passwordMailServer();
  const program = replaced(readmeProgram("'@hono/node-server'"), {
    'smtp.example.com': 'localhost',
    'port: 465,': `port: ${port}, allowPrivate: true,`,
    'origins: [page],': `origins: [page], ports: [${port}],`,
    'port: 8787,': "port: 0, hostname: '127.0.0.1',",
  });
  const address = await startProgram(
    `${program}\nserver.once('listening', () => console.log('127.0.0.1:' + server.address().port));\n`,
    { RELAY_SECRET: relaySecret, SMTP_PASSWORD: 'canary', NODE_EXTRA_CA_CERTS: authority },
  );
  class FromPage extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, { protocols, headers: { origin } } as never);
    }
  }
  const connect = relayConnect({
    url: `ws://${address}/relay`,
    token: async () => (await fetch(`http://${address}/relay/token`, { method: 'POST' })).text(),
    WebSocket: FromPage as never,
  });
  const connection = await openConnection({ hostname: 'relay.test', connect });
  const message = new TextEncoder().encode('Subject: Hello\r\n\r\nHello\r\n');
  const to = ['bob@example.net'];
  await connection.sendRaw({ from: 'ann@example.org', to }, message);
  await expect(connection.sendRaw({ from: 'eve@example.org', to }, message)).rejects.toMatchObject({
    code: 550,
  });
  await connection.quit();
  expect(taken).toEqual(['Subject: Hello\r\n\r\nHello\r\n']);
});
