import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openConnection } from '@posthaste/bridge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exim, startExim } from '../peer/exim.ts';
import { extensionRow, recordedRows } from './extension-table.ts';

const envelope = { from: 'ann@example.net', to: ['bob@example.net'] };
const ways = {
  'DATA in lock-step': { pipelining: false },
  DATA: {},
  'DATA in the group': { pipelineData: true },
  'BDAT in lock-step': { transfer: 'bdat', pipelining: false },
  BDAT: { transfer: 'bdat' },
  'BDAT in flight': { transfer: 'bdat', pipelineWindow: { transactions: 4, octets: 1 << 20 } },
} as const;

let exim: Exim;
beforeAll(async () => {
  exim = await startExim();
});
afterAll(() => exim?.stop());

function open(options: Partial<Parameters<typeof openConnection>[0]> = {}): Promise<Connection> {
  return openConnection({ hostname: '127.0.0.1', port: exim.port, tls: 'none', ...options });
}

const octets = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

/** The copies delivered of a message, once there are as many as expected. */
async function copies(marker: string, count: number): Promise<string[]> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = exim.messages().filter(message => message.includes(marker));
    if (found.length >= count || Date.now() > deadline) return found;
    await sleep(50);
  }
}

test('says to EHLO what is recorded', async () => {
  const connection = await open();
  expect(recordedRows()).toContain(extensionRow('Exim', connection.capabilities));
  await connection.quit();
});

describe.each(Object.entries(ways))('%s', (_, options) => {
  test('refused recipients, a refused message and good ones behind each other', async () => {
    const marker = crypto.randomUUID();
    const connection = await open(options);
    const text = (subject: string) => `Subject: ${subject}\r\n\r\n.${marker}\r\n.\r\n\xe9\r\n`;
    const send = (subject: string, to: readonly string[]) =>
      connection.sendRaw({ ...envelope, to }, octets(text(subject))).catch(error => error);
    const results = await Promise.all([
      send('one', ['bob@example.net', 'eve@example.com']),
      send('two', ['eve@example.com']),
      send('please refuse', ['bob@example.net']),
      send('three', ['carol@example.net']),
    ]);
    await connection.quit();

    expect(results).toMatchObject([
      { accepted: ['bob@example.net'], rejected: [{ rcpt: 'eve@example.com', code: 550 }] },
      { kind: 'recipients', rejected: [{ code: 550 }] },
      { kind: 'reply', code: 550 },
      { accepted: ['carol@example.net'], rejected: [] },
    ]);
    const found = await copies(marker, 2);
    expect(found).toHaveLength(2);
    // Exim keeps the line ends of its own system.
    for (const subject of ['one', 'three']) {
      const body = text(subject).replaceAll('\r\n', '\n');
      expect(found.filter(message => message.endsWith(body))).toHaveLength(1);
    }
  });

  test('a megabyte arrives whole', async () => {
    const marker = crypto.randomUUID();
    const text = `Subject: ${marker}\r\n\r\n${`.${'0123456789'.repeat(7)}\r\n`.repeat(14_400)}`;
    const connection = await open(options);
    await connection.sendRaw(envelope, octets(text));
    await connection.quit();
    const [arrived] = await copies(marker, 1);
    expect(arrived!.slice(arrived!.indexOf('\n\n'))).toBe(
      text.slice(text.indexOf('\r\n\r\n')).replaceAll('\r\n', '\n'),
    );
  });
});
