import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { createMailer, type Mailer } from './index.ts';
import { toNodemailerTransport } from './nodemailer.ts';

// The package has no types of its own.
const { createTransport } = await import('nodemailer' as string);

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
