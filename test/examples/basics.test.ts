import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { account } from '../peer/delivery-desk.ts';
import { openInbox } from './inbox.ts';
import { runExample } from './program.ts';

const accepted = { status: 0, stdout: expect.stringMatching(/^accepted <\S+@\S+>\n$/) };
const password = { env: { MAIL_PASSWORD: account.pass } };

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'posthaste-example-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('plain text', async () => {
  const { url, received } = await openInbox();
  expect(await runExample('basics/plain-text.ts', [url])).toMatchObject(accepted);
  const [{ email, source } = expect.fail('nothing came')] = received;
  expect(email).toMatchObject({
    subject: '你好, Bob',
    from: { name: '王小明', address: 'ming@example.org' },
    text: expect.stringContaining('今天天气很好。'),
  });
  expect(email.html).toBeUndefined();
  expect(source).toMatch(/^content-type: text\/plain/im);
});

test('HTML', async () => {
  const { url, received } = await openInbox();
  expect(await runExample('basics/html.ts', [url])).toMatchObject(accepted);
  expect(received[0]?.email.html).toContain('<h1>Hello</h1>');
  expect(received[0]?.source).toMatch(/^content-type: text\/html/im);
});

test('attachments', async () => {
  const { url, received } = await openInbox();
  const path = join(await folder(), '报告.pdf');
  await writeFile(path, '%PDF-1.7 not quite');
  expect(await runExample('basics/attachment.ts', [url, path])).toMatchObject(accepted);
  const attachments = received[0]?.email.attachments ?? [];
  expect(attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
    ['readings.csv', 'text/csv'],
    ['报告.pdf', 'application/pdf'],
  ]);
  expect(new TextDecoder().decode(attachments[1]?.content as ArrayBuffer)).toBe('%PDF-1.7 not quite');
  expect(await runExample('basics/attachment.ts', [url, '/no/such/file'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Check that the file'),
  });
  expect(received).toHaveLength(1);
});

test('an inline image by its Content-ID', async () => {
  const { url, received } = await openInbox();
  expect(await runExample('basics/inline-image.ts', [url])).toMatchObject(accepted);
  const [{ email, source } = expect.fail('nothing came')] = received;
  expect(email.html).toContain('src="cid:dot@example.org"');
  expect(email.attachments).toMatchObject([
    { contentId: '<dot@example.org>', disposition: 'inline', mimeType: 'image/png', related: true },
  ]);
  expect(source).toMatch(/^content-type: multipart\/related/im);
});

test('text and HTML as alternatives, to several people', async () => {
  const { url, received } = await openInbox();
  const people = ['bob@example.net', 'carla@example.net', 'dora@example.net', 'emil@example.net'];
  expect(await runExample('basics/alternative.ts', [url])).toMatchObject({
    status: 0,
    stdout: people.map(address => `${address} accepted\n`).join(''),
  });
  const [{ email, source, to } = expect.fail('nothing came')] = received;
  expect(to).toEqual(people);
  expect(email).toMatchObject({
    text: 'At noon, in the garden.\n',
    html: expect.stringContaining('<b>noon</b>'),
  });
  expect(source).toMatch(/^content-type: multipart\/alternative/im);
  expect(source).not.toContain('emil');
});

test('many over one connection, a refusal among them', async () => {
  const { url, received } = await openInbox('plain', {
    onRcpt: ({ to }) => (to.startsWith('dora') ? { code: 550, text: 'No such person' } : undefined),
  });
  const { status, stdout } = await runExample('basics/many.ts', [url]);
  expect(status).toBe(0);
  expect(stdout).toContain('bob@example.net accepted');
  expect(stdout).toContain('dora@example.net rejected');
  expect(stdout).toContain('frieda@example.net accepted');
  expect(received.map(({ to }) => to[0]?.split('@')[0])).toEqual(['bob', 'carla', 'emil', 'frieda']);
  expect(new Set(received.map(({ sessionNumber }) => sessionNumber)).size).toBe(1);
});

test('one person, many, the admins and the managers', async () => {
  const { url, received } = await openInbox();
  expect(await runExample('basics/admins-and-managers.ts', [url])).toMatchObject({
    status: 0,
    stdout: '1\n2\n1\n1\n1\n',
  });
  expect(received.map(({ from, to, email }) => [from, to, email.subject])).toEqual([
    ['shop@example.org', ['bob@example.net'], 'Your order'],
    ['shop@example.org', ['dora@example.net'], 'Sale'],
    ['sale@example.org', ['emil@example.net', 'frieda@example.net'], 'Sale'],
    ['root@example.org', ['ann@example.org', 'ben@example.org'], '[shop] Disk full'],
    ['root@example.org', ['carla@example.org'], '[shop] Stock'],
    ['shop@example.org', ['bob@example.net', 'archive@example.org'], 'Newsletter'],
  ]);
  expect(received[5]).toMatchObject({
    source: expect.stringContaining('X-Campaign: autumn'),
    email: { replyTo: [{ address: 'editor@example.org' }], html: expect.stringContaining('As HTML') },
  });
  expect(received[5]?.email.attachments).toMatchObject([{ filename: 'prices.csv', mimeType: 'text/csv' }]);
});

test('console, file, memory and dummy', async () => {
  const path = join(await folder(), 'sent');
  const { status, stdout } = await runExample('basics/backends.ts', [path]);
  expect(status).toBe(0);
  expect(stdout).toContain('Subject: Test\n');
  for (const name of ['console', 'file', 'memory', 'dummy']) expect(stdout).toContain(`${name} accepted\n`);
  expect(stdout).toContain("kept 1 [ 'bob@example.net' ]");
  const files = await readdir(path);
  expect(files).toHaveLength(1);
  expect(await readFile(join(path, files[0]!), 'utf8')).toContain('Wherever this goes.');
});

test('STARTTLS', async () => {
  const { port, received } = await openInbox('starttls');
  const ended = await runExample('basics/starttls.ts', ['localhost', port, account.user], password);
  expect(ended).toMatchObject(accepted);
  expect(received).toMatchObject([{ secure: true, user: account.user }]);
  expect(ended.stderr).toContain('> STARTTLS');
  expect(ended.stderr).not.toContain(btoa(`\0${account.user}\0${account.pass}`));
  const plain = await openInbox('plain');
  expect(await runExample('basics/starttls.ts', ['localhost', plain.port, 'ann'], password)).toMatchObject({
    status: 1,
    stdout: '',
  });
  expect(plain.received).toEqual([]);
});

test('implicit TLS, and a password that is wrong', async () => {
  const { port, received } = await openInbox('implicit');
  const args = ['localhost', port, account.user];
  expect(await runExample('basics/implicit-tls.ts', args, password)).toMatchObject(accepted);
  expect(received).toMatchObject([{ secure: true, user: account.user }]);
  expect(await runExample('basics/implicit-tls.ts', args, { env: { MAIL_PASSWORD: 'wrong' } })).toMatchObject(
    {
      status: 1,
      stderr: expect.stringContaining('535'),
    },
  );
  expect(received).toHaveLength(1);
});

test('a DKIM signature, and a key that is none', async () => {
  const { url, received } = await openInbox();
  const [key, wrong] = [join(await folder(), 'key.pem'), join(await folder(), 'wrong.pem')];
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(wrong, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  expect(await runExample('basics/signed.ts', [url, key])).toMatchObject(accepted);
  expect(received[0]?.source).toMatch(
    /^DKIM-Signature: v=1; a=rsa-sha256;[\s\S]* d=example\.org;\s+s=mail;/m,
  );
  expect(await runExample('basics/signed.ts', [url, wrong])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('openssl pkcs8 -topk8'),
  });
  expect(received).toHaveLength(1);
});

test('the verbs of smtplib, one connection for two messages', async () => {
  const { port, received } = await openInbox('starttls');
  const ended = await runExample('basics/one-connection.ts', ['localhost', port, account.user], password);
  expect(ended).toMatchObject({
    status: 0,
    stdout: 'bob@example.net accepted\ncarla@example.net accepted\n',
  });
  expect(received.map(({ secure, sessionNumber }) => [secure, sessionNumber])).toEqual([
    [true, 1],
    [true, 1],
  ]);
});
