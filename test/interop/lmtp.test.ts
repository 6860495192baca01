import { openConnection } from '@posthaste/bridge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dovecot, startDovecot } from '../peer/dovecot.ts';
import { untilDelivered } from '../peer/imap-mailbox.ts';
import { extensionRow, recordedRows } from './extension-table.ts';

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot?.stop());

const open = (options: Partial<Parameters<typeof openConnection>[0]> = {}) =>
  openConnection({
    hostname: '127.0.0.1',
    port: dovecot.lmtpPort,
    tls: 'none',
    protocol: 'lmtp',
    ...options,
  });

test('says to LHLO what is recorded', async () => {
  const connection = await open();
  expect(recordedRows()).toContain(extensionRow('Dovecot, LMTP', connection.capabilities));
  await connection.quit();
});

test.each(['data', 'bdat'] as const)(
  '%s: an answer for each recipient, and the octets as they were',
  async transfer => {
    const marker = crypto.randomUUID();
    const text = `Subject: ${marker}\r\n\r\n.\r\n..\r\nGr\xfc\xdfe\r\n`;
    const connection = await open({ transfer });
    const to = ['ann@example.net', 'ann+again@example.net'];
    const { accepted, rejected, reply } = await connection.sendRaw(
      { from: 'bob@example.net', to },
      Uint8Array.from(Buffer.from(text, 'latin1')),
    );
    await connection.quit();

    expect([accepted, rejected, reply.code]).toEqual([to, [], 250]);
    const arrived = await untilDelivered(dovecot.imapPort, marker);
    expect(arrived.endsWith(text)).toBe(true);
  },
);
