import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../peer/certificate.ts';
import { account } from '../peer/delivery-desk.ts';
import { openInbox } from './inbox.ts';
import { runExample } from './program.ts';

const hosts = { qq: 'smtp.qq.com', '163': 'smtp.163.com', sina: 'smtp.sina.com', gmail: 'smtp.gmail.com' };

let certificate: Certificate;
let folder: string;
beforeAll(async () => {
  certificate = makeCertificate(Object.values(hosts).map(host => `DNS:${host}`));
  folder = await mkdtemp(join(tmpdir(), 'posthaste-provider-'));
  await writeFile(join(folder, 'ca.pem'), certificate.ca);
});
afterAll(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** Runs the program where the whole world is our two inboxes. */
async function choose(choice: string, pass: string) {
  const implicit = await openInbox('implicit', {}, certificate);
  const upgraded = await openInbox('starttls', {}, certificate);
  const ended = await runExample('basics/provider-choice.ts', [choice, 'ann@example.org'], {
    node: ['--import', fileURLToPath(new URL('./elsewhere.mjs', import.meta.url))],
    env: {
      ELSEWHERE: JSON.stringify({ 465: implicit.port, 587: upgraded.port }),
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      MAIL_PASSWORD: pass,
    },
  });
  return { ...ended, received: [...implicit.received, ...upgraded.received] };
}

test.each(Object.keys(hosts))('%s: host, port and TLS mode come from the table', async name => {
  const { status, stdout, received } = await choose(name, account.pass);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${name}: \\S.+\\naccepted <`));
  expect(received).toMatchObject([{ secure: true, user: 'ann@example.org', from: 'ann@example.org' }]);
});

test('an address names its provider, and a refused login comes with advice', async () => {
  const { status, stdout, stderr, received } = await choose(`ann@${'qq'}.com`, 'the password of the account');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^qq: /);
  expect(stderr).toMatch(/535.*authori[sz]ation code/i);
  expect(received).toEqual([]);
});

test('a provider that nobody knows is refused before anything is opened', async () => {
  expect(await choose('gmial', account.pass)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Use one of'),
  });
});
