import type { TransactionOutcome } from '@posthaste/bridge';
import { expect, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { createMailer, type Receipt, SmtpConnection } from './index.ts';
import { withOutcome } from './relay-answer.ts';
import { Secrets } from './secrets.ts';

/** What a message to those comes to where the server takes it with that text. */
async function receiptOf(pass: string, text: string, to: readonly string[]): Promise<Receipt> {
  const server = await startServer({
    server: { auth: ['PLAIN'], allowInsecureAuth: true },
    handler: {
      onAuth: () => undefined,
      onRcpt: rcpt => (rcpt.to.startsWith('gone') ? { code: 550, text: `No ${rcpt.to} here` } : undefined),
      onMessage: () => text,
    },
  });
  const mailer = createMailer({ ...local(server), auth: { user: 'ann', pass }, allowInsecureAuth: true });
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  return mailer.send({ from: 'ann@example.org', to: [...to], text: 'Hello' });
}

test.each<[string, string, string | undefined]>([
  ['12345678', 'queued as 4F12345678A', undefined],
  ['s3cr3t/PW', 'queued as s3cr3t/PW', undefined],
  ['4F12', 'queued as 4F12', undefined],
  ['4F12', 'queued as 4F12@mx', undefined],
  ['4F12', 'queued as 4F12345678A', '4F12345678A'],
  ['queued', 'queued as 4F12345678A', '4F12345678A'],
  ['as', 'queued as 4F12345678A', '4F12345678A'],
  ['12345678', 'queued as 4FA for 12345678', '4FA'],
])('with the password %s, %j names the message %s', async (pass, text, queueId) => {
  const receipt = await receiptOf(pass, text, ['bob@example.net']);
  expect(receipt.queueId).toBe(queueId);
});

test('an outcome that a relay tells is named in the same way', () => {
  const secrets = new Secrets();
  secrets.add('queued');
  const outcome: TransactionOutcome = {
    state: 'accepted',
    reply: { code: 250, lines: ['queued as 4F12345678A'] },
  };
  const receipt = { recipients: [] as Receipt['recipients'] } as Receipt;
  const { queueId, reply } = withOutcome(receipt, secrets.maskedResult(outcome));
  expect({ queueId, reply }).toEqual({
    queueId: '4F12345678A',
    reply: { code: 250, lines: ['*** as 4F12345678A'] },
  });
});

test('addresses are the same as ever, whatever the password is', async () => {
  const to = ['12345678@example.net', 'gone.12345678@example.net'];
  const receipt = await receiptOf('12345678', 'taken', to);
  expect(receipt.envelope.to).toEqual(to);
  expect(receipt.recipients).toMatchObject([
    { address: to[0], state: 'accepted' },
    {
      address: to[1],
      state: 'rejected',
      reply: { lines: [expect.stringContaining('gone.***@example.net')] },
    },
  ]);
});

test('the error of a verb has the command as it was', async () => {
  const server = await startServer({
    server: { auth: ['PLAIN'], allowInsecureAuth: true },
    handler: { onAuth: () => undefined, onRcpt: () => ({ code: 550, text: 'No 12345678 here' }) },
  });
  onTestFinished(() => server.close());
  await using smtp = await SmtpConnection.open({
    ...local(server),
    manual: true,
    allowInsecureAuth: true,
  });
  await smtp.login({ user: 'ann', pass: '12345678' });
  const sending = smtp.connection.sendRaw(
    { from: 'ann@example.org', to: ['12345678@example.net'] },
    new TextEncoder().encode('Subject: Hi\r\n\r\n'),
  );
  await expect(sending).rejects.toMatchObject({
    command: '12345678@example.net',
    rejected: [{ rcpt: '12345678@example.net' }],
    message: expect.stringMatching(
      /^The server answered "12345678@example\.net" with "550 .*No \*\*\* here"$/,
    ),
  });
});
