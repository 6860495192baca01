import { Readable } from 'node:stream';
import type { SendMailOptions } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { createMailer, type Mailer } from './index.ts';
import { fromNodemailerMessage, toNodemailerTransport } from './nodemailer.ts';

const { createTransport } = await import('nodemailer');

async function setUp(): Promise<{ server: RecordingServer; mailer: Mailer }> {
  const server = await startServer({
    handler: { onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'No' } : undefined) },
  });
  const mailer = createMailer(local(server));
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  return { server, mailer };
}

test('nodemailer sends its own octets through us', async () => {
  const { server, mailer } = await setUp();
  const transporter = createTransport(toNodemailerTransport(mailer));
  const info = await transporter.sendMail({
    from: 'Ann <ann@example.org>',
    to: 'bob@example.net, gone@example.net',
    bcc: 'carla@example.net',
    subject: 'Hi',
    text: 'Hello',
  });
  expect(info).toMatchObject({
    accepted: ['bob@example.net', 'carla@example.net'],
    rejected: ['gone@example.net'],
    response: expect.stringMatching(/^250 /),
    envelope: { from: 'ann@example.org' },
  });
  expect(server.messages[0]?.content).toContain(`Message-ID: ${info.messageId}`);
  await expect(
    transporter.sendMail({ from: 'ann@example.org', to: 'gone@example.net', text: 'x' }),
  ).rejects.toMatchObject({
    code: 'rejected',
    receipt: { recipients: [{ state: 'rejected' }] },
  });
  expect(await transporter.verify()).toBe(true);
});

test('what the types of nodemailer allow compiles, and is checked when it runs', async () => {
  const { mailer } = await setUp();
  const transporter = toNodemailerTransport(mailer);
  const options: SendMailOptions = {
    from: { name: undefined, address: 'ann@example.org' },
    to: ['bob@example.net', { address: 'carla@example.net' }],
    cc: undefined,
    text: Buffer.from('Hello'),
    headers: { 'X-One': { prepared: true, value: '1' } },
    attachments: [
      { filename: false, content: Readable.from([Buffer.from('abc')]), contentType: 'text/plain' },
    ],
  };
  expect((await mailer.send(fromNodemailerMessage(options))).state).toBe('accepted');
  const envelope: SendMailOptions['envelope'] = { from: false, to: ['bob@example.net'] };
  expect(await transporter.sendMail({ ...options, attachments: [], envelope })).toMatchObject({
    accepted: ['bob@example.net'],
  });
  transporter.verify((error: Error | null, success: true) => expect([error, success]).toEqual([null, true]));
  expect(() => fromNodemailerMessage({ text: Readable.from(['Hello']) })).toThrow(/^Give text as a string/);
});
