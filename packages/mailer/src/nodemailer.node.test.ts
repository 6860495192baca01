import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { createMailer, type Mailer } from './index.ts';
import { fromNodemailerMessage, toNodemailerTransport } from './nodemailer.ts';

// By a name that no compiler resolves: another package brings it.
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

type TheirAddresses = string | { name?: string | undefined; address: string } | TheirAddresses[];
type TheirContent = string | Buffer | Readable | { path?: string | undefined; href?: string | undefined };
interface TheirHeader {
  key: string;
  value:
    | string
    | number
    | boolean
    | Date
    | { value?: unknown; prepared?: boolean | undefined }
    | string[]
    | null;
}
interface TheirPart {
  content?: TheirContent | undefined;
  path?: string | false | undefined;
  href?: string | false | undefined;
  encoding?: string | undefined;
  raw?: TheirContent | undefined;
  contentType?: string | undefined;
  contentTransferEncoding?: string | false | undefined;
  contentDisposition?: string | undefined;
  filename?: string | false | undefined;
  cid?: string | undefined;
  headers?: TheirHeader | TheirHeader[] | { [name: string]: TheirHeader['value'] } | undefined;
}

/** What the types of nodemailer 10 and of @types/nodemailer 8 allow, as far as it is wider than one would think. */
interface SendMailOptions {
  from?: TheirAddresses | undefined;
  to?: TheirAddresses | undefined;
  cc?: TheirAddresses | undefined;
  inReplyTo?: string | { name?: string | undefined; address: string } | undefined;
  references?: string | string[] | undefined;
  date?: Date | string | undefined;
  text?: string | Buffer | Readable | TheirPart | undefined;
  html?: string | Buffer | Readable | TheirPart | undefined;
  icalEvent?: string | Buffer | Readable | (TheirPart & { method?: string | undefined }) | undefined;
  attachments?: TheirPart[] | undefined;
  headers?: TheirPart['headers'];
  list?: { [name: string]: string | { url: string; comment?: string | undefined } } | undefined;
  envelope?: {
    from?: TheirAddresses | false | undefined;
    to?: TheirAddresses | undefined;
    [name: string]: unknown;
  };
  dkim?: {
    domainName?: string;
    keySelector?: string;
    privateKey?: string | Buffer | { key: string; passphrase: string };
    keys?: { domainName: string }[];
    hashAlgo?: string | undefined;
    skipFields?: string | undefined;
  };
  priority?: string | undefined;
  xMailer?: string | false | undefined;
}

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
  const envelope: NonNullable<SendMailOptions['envelope']> = { from: false, to: ['bob@example.net'] };
  expect(await transporter.sendMail({ ...options, attachments: [], envelope })).toMatchObject({
    accepted: ['bob@example.net'],
  });
  transporter.verify((error: Error | null, success: true) => expect([error, success]).toEqual([null, true]));
  expect(() => fromNodemailerMessage({ text: Readable.from(['Hello']) })).toThrow(/^Give text as a string/);
});
