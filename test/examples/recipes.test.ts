import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { expect, onTestFinished, test } from 'vitest';
import { confirmationToken, confirmedAddress } from '../../examples/recipes/confirm-address.ts';
import { notifyWhenDone } from '../../examples/recipes/notify-when-done.ts';
import { startDaemon } from '../peer/background-program.ts';
import { freePort } from '../peer/port.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { examples, runExample } from './program.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'posthaste-example-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('HTML that a renderer made in one long line', async () => {
  const { url, received } = await openInbox();
  // As React Email writes it: one line, comments that mark where text meets text, styles on every element.
  const paragraph = '<p style="font-size:14px;margin:16px 0">Héllo <!-- -->Bob &amp; friends 🚀</p>';
  const html = `<!DOCTYPE html><html><head><title>Welcome, Bob</title><style>p{color:red}</style></head><body><!--$-->${paragraph.repeat(40)}<a href="https://www.example.org/start?a=1&amp;b=2">Get started</a><!--/$--></body></html>`;
  expect(await runExample('recipes/rendered-html.ts', [url], { input: html })).toMatchObject({ status: 0 });
  const [{ email, source } = expect.fail('nothing came')] = received;
  expect(email.subject).toBe('Welcome, Bob');
  expect(email.html?.trimEnd()).toBe(html);
  expect(email.text).toContain('Héllo Bob & friends 🚀');
  expect(email.text).toContain('Get started (https://www.example.org/start?a=1&b=2)');
  expect(email.text).not.toContain('color');
  expect(Math.max(...source.split('\r\n').map(line => line.length))).toBeLessThanOrEqual(78);
});

test('a script that is configured from outside', async () => {
  const { url, received } = await openInbox();
  const env = { SMTP_URL: url, DEFAULT_FROM_EMAIL: 'cron@example.org', ADMINS: 'ann@example.org' };
  const ended = await runExample('recipes/from-env.ts', ['Backup'], { env, input: 'All files copied' });
  expect(ended).toMatchObject({ status: 0, stdout: 'sent\n' });
  expect(received).toMatchObject([{ to: ['ann@example.org'], email: { subject: 'Backup' } }]);
  const { SMTP_URL: _, ...incomplete } = env;
  expect(await runExample('recipes/from-env.ts', [], { env: incomplete })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Set SMTP_URL or EMAIL_HOST'),
  });
});

test('a report with an inline chart, audio and the numbers', async () => {
  const { url, received } = await openInbox();
  expect(await runExample('recipes/report.ts', [url])).toMatchObject({ status: 0 });
  const [{ email } = expect.fail('nothing came')] = received;
  expect(email.html).toContain('src="cid:chart"');
  expect(
    email.attachments.map(({ filename, mimeType, disposition }) => [filename, mimeType, disposition]),
  ).toEqual([
    ['chart.png', 'image/png', 'inline'],
    ['week.csv', 'text/csv', 'attachment'],
    ['melody.wav', 'audio/wav', 'attachment'],
  ]);
  const [chart, , melody] = email.attachments.map(({ content }) => Buffer.from(content as ArrayBuffer));
  expect(chart?.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([chart?.readUInt32BE(16), chart?.readUInt32BE(20)]).toEqual([120, 80]);
  expect(melody?.readUInt32LE(4)).toBe(melody!.length - 8);
});

test('a link to confirm an address, for somebody with a name of markup', async () => {
  const { url, received } = await openInbox();
  const name = 'Bob <script>alert("1")</script> & Co';
  const ended = await runExample('recipes/confirm-address.ts', [url, 'bob@example.net', name], {
    env: { CONFIRM_SECRET: 'long and random' },
  });
  expect(ended).toMatchObject({ status: 0, stdout: 'asked\n' });
  const [{ email, to } = expect.fail('nothing came')] = received;
  expect(to).toEqual(['bob@example.net']);
  expect(email.to).toEqual([{ name, address: 'bob@example.net' }]);
  expect(email.html).not.toContain('<script>');
  expect(email.html).toContain('Bob &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Co');
  const token = /confirm\?token=([\w.-]+)/.exec(email.text!)![1]!;
  expect(email.html).toContain(`token=${token}"`);
  expect(confirmedAddress(token, 'long and random')).toBe('bob@example.net');
});

test('a token that is too old, of another secret, tampered with or made up confirms nothing', () => {
  const token = confirmationToken('bob@example.net', 'secret', 1000);
  expect(confirmedAddress(token, 'secret', 999)).toBe('bob@example.net');
  expect(confirmedAddress(token, 'secret', 1000)).toBeUndefined();
  expect(confirmedAddress(token, 'another', 999)).toBeUndefined();
  const [, mac] = token.split('.');
  const claim = Buffer.from('["eve@example.net",1e99]').toString('base64url');
  for (const forged of [`${claim}.${mac}`, claim, '', '.', 'x.y.z']) {
    expect(confirmedAddress(forged, 'secret', 999)).toBeUndefined();
  }
});

test('SMTP over the standard streams of a program', async () => {
  const path = join(await folder(), 'message.eml');
  const standIn = join(import.meta.dirname, '../peer/sendmail-process.ts');
  const ended = await runExample('recipes/sendmail-stdio.ts', [process.execPath, standIn, path]);
  expect(ended).toMatchObject({ status: 0, stdout: expect.stringMatching(/^accepted </) });
  const content = await readFile(path, 'utf8');
  expect((await PostalMime.parse(content)).text).toContain('pipe.\n.\nThe dot above');
  expect(content).toMatch(/^X-Envelope: ann@example\.org bob@example\.net\r\n/);
  for (const program of ['/no/such/program', '/bin/true']) {
    expect(await runExample('recipes/sendmail-stdio.ts', [program, path])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not sent'),
    });
  }
});

const FORM = /^http:.*\/contact$/m;

async function contactForm(inbox: Inbox): Promise<(fields: Record<string, string>) => Promise<Response>> {
  const { output, stop } = await startDaemon(
    process.execPath,
    [`${examples}/recipes/contact-form.ts`, inbox.url, '0'],
    async (signal, output) => {
      while (!FORM.test(output())) await sleep(25, undefined, { signal });
    },
  );
  onTestFinished(stop);
  const [url] = FORM.exec(output())!;
  return fields =>
    fetch(url, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
      headers: { connection: 'close' },
    });
}

test('a contact form', async () => {
  const inbox = await openInbox();
  const post = await contactForm(inbox);
  const fields = { email: 'visitor@example.net', subject: 'Grüße', message: 'Hello\nthere' };

  for (const missing of Object.keys(fields)) {
    expect((await post({ ...fields, [missing]: ' ' })).status).toBe(400);
  }
  for (const injected of [
    { subject: 'Hello\r\nBcc: everyone@example.com' },
    { subject: 'Hello\nBcc: everyone@example.com' },
    { email: 'visitor@example.net\r\nBcc: everyone@example.com' },
  ]) {
    const response = await post({ ...fields, ...injected });
    expect([response.status, await response.text()]).toEqual([400, 'Invalid header found']);
  }
  expect((await post({ ...fields, email: 'not an address' })).status).toBe(400);
  expect(inbox.received).toEqual([]);

  const response = await post(fields);
  expect([response.status, response.headers.get('location')]).toEqual([303, '/contact/thanks']);
  expect(inbox.received).toMatchObject([
    {
      from: 'website@example.org',
      to: ['office@example.org'],
      email: {
        from: { address: 'website@example.org' },
        replyTo: [{ address: 'visitor@example.net' }],
        subject: '[contact] Grüße',
      },
    },
  ]);
});

test('a contact form asks to try again when the server will not have it', async () => {
  const post = await contactForm(
    await openInbox('plain', { onMail: () => ({ code: 451, text: 'Come back later' }) }),
  );
  expect((await post({ email: 'visitor@example.net', subject: 'Hi', message: 'Hello' })).status).toBe(503);
});

function notice({ url }: Inbox) {
  return { SMTP_URL: url, DEFAULT_FROM_EMAIL: 'cron@example.org', ADMINS: 'ann@example.org' };
}

test('a command that succeeds is told with its result and the end of its log', async () => {
  const inbox = await openInbox();
  const result = join(await folder(), 'result.csv');
  const program = `console.log('x'.repeat(9000)); console.error('nearly done'); require('fs').writeFileSync(${JSON.stringify(result)}, 'a,1\\n')`;
  const args = ['--result', result, '--', process.execPath, '-e', program];
  const ended = await runExample('recipes/notify-when-done.ts', args, { env: notice(inbox) });
  expect(ended).toMatchObject({ status: 0, stderr: 'nearly done\n' });
  expect(ended.stdout).toHaveLength(9001);
  const [{ email, to } = expect.fail('nothing came')] = inbox.received;
  expect(to).toEqual(['ann@example.org']);
  expect(email.subject).toMatch(/^Done: /);
  expect(email.text).toMatch(/succeeded after \d+\.\d s/);
  expect(email.text).toContain('nearly done');
  expect(email.text!.match(/x/g)!.length).toBeLessThan(5000);
  expect(email.attachments).toMatchObject([{ filename: 'result.csv' }]);
});

test.each([
  ['fails', ['-e', 'console.log("half way"); process.exit(3)'], 3],
  [
    'is killed',
    ['-e', 'console.log("half way"); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 9000)'],
    143,
  ],
])('a command that %s keeps its exit status', async (_, args, status) => {
  const inbox = await openInbox();
  const command = ['--result', '/no/such/file', '--', process.execPath, ...args];
  const ended = await runExample('recipes/notify-when-done.ts', command, { env: notice(inbox) });
  expect(ended.status).toBe(status);
  const [{ email } = expect.fail('nothing came')] = inbox.received;
  expect(email.subject).toMatch(/^FAILED: /);
  expect(email.text).toContain('half way');
  expect(email.text).toContain('/no/such/file');
});

test('a command that is not there, and a server that is not there', async () => {
  const inbox = await openInbox();
  const missing = await runExample('recipes/notify-when-done.ts', ['--', 'no-such-command'], {
    env: notice(inbox),
  });
  expect(missing.status).toBe(127);
  expect(inbox.received).toMatchObject([{ email: { subject: 'FAILED: no-such-command' } }]);
  const env = { ...notice(inbox), SMTP_URL: `smtp://127.0.0.1:${await freePort()}?tls=none` };
  const args = ['--', process.execPath, '-e', 'process.exit(5)'];
  expect(await runExample('recipes/notify-when-done.ts', args, { env })).toMatchObject({
    status: 5,
    stderr: expect.stringContaining('nobody was told'),
  });
});

test('a job that throws is told, and throws', async () => {
  const subjects: string[] = [];
  const send = async (message: { subject?: string }) => void subjects.push(message.subject!);
  const notices = { from: 'cron@example.org', to: ['ann@example.org'], send: send as () => Promise<void> };
  const job = () => Promise.reject(new Error('no space left'));
  await expect(notifyWhenDone('backup', job, notices)).rejects.toThrow('no space left');
  expect(await notifyWhenDone('backup', async () => ({ ok: true, log: '' }), notices)).toMatchObject({
    ok: true,
  });
  expect(subjects).toEqual(['FAILED: backup', 'Done: backup']);
});
