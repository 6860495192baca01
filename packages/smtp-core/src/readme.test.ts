import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';
import { rfcTable } from '../fixture/rfc-table.ts';
import { plain, SmtpClient, type SmtpEvent, SmtpServer } from './index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const program = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;

test('a driver fits in twenty lines', () => {
  const body = program.slice(program.indexOf('export async function'));
  expect(body.trim().split('\n').length).toBeLessThanOrEqual(20);
});

test('the client of the README signs in as it says', async () => {
  const lines = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)][1]![1]!.replace(/^import.*\n/, '');
  const AsyncFunction = (async () => {}).constructor as new (
    ...source: string[]
  ) => (...values: unknown[]) => Promise<void>;
  const names = ['plain', 'SmtpClient', 'user', 'password', 'drive', 'io', 'next'];
  const driven: unknown[] = [];
  const drive = (smtp: SmtpClient) => driven.push(smtp);
  await new AsyncFunction(...names, lines)(plain, SmtpClient, 'ann', 'secret', drive);
  expect(driven).toEqual([expect.any(SmtpClient)]);
});

test('the driver of the README sends a message', async () => {
  const module = `data:text/javascript;base64,${Buffer.from(stripTypeScriptTypes(program)).toString('base64')}`;
  const { drive } = (await import(/* @vite-ignore */ module)) as {
    drive: (...args: unknown[]) => Promise<void>;
  };
  const server = new SmtpServer({ serverName: 's.test' });
  const toClient: Uint8Array[] = [];
  let received = '';
  const serve = () => {
    for (;;) {
      const action = server.poll();
      if (action.type === 'write') toClient.push(action.data);
      else if (action.type === 'ask') server.accept();
      else if (action.type !== 'event') return;
      else if (action.event.type === 'content') received += new TextDecoder().decode(action.event.data);
    }
  };
  let closed = false;
  const io = {
    write: async (data: Uint8Array) => server.receive(data),
    read: async () => {
      serve();
      return toClient.shift() ?? null;
    },
    close: () => {
      closed = true;
    },
  };
  const smtp = new SmtpClient({ clientName: 'c.test', tls: 'none' });
  smtp.send({ from: 'a@x.test', to: ['b@y.test'] });
  smtp.quit();
  const chunks = [new TextEncoder().encode('.hello\n')];
  const events: SmtpEvent[] = [];
  await drive(
    smtp,
    io,
    (event: SmtpEvent) => events.push(event),
    async () => chunks.shift() ?? null,
  );
  expect(events.filter(event => event.type === 'done')).toMatchObject([
    { op: 1, ok: true, result: { accepted: ['b@y.test'] } },
    { op: 2, ok: true },
  ]);
  expect(received).toBe('.hello\r\n');
  expect(closed).toBe(true);
});

test('the RFC table is counted from the dialogues; npm run rfc-table counts anew', () => {
  expect(readme).toContain(`<!-- rfc table -->\n\n${rfcTable()}\n\n<!-- end of rfc table -->`);
});
