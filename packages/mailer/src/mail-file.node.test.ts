import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMail, memoryBackend } from './index.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'posthaste-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('attachFile attaches a file under its name', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'notes.txt'), 'from a file');
  const memory = memoryBackend();
  const mail = createMail({ mailers: { default: memory }, defaultFrom: 'web@example.org' });
  const email = new mail.EmailMessage({ subject: 'Report', body: 'see below', to: ['bob@example.net'] });
  await email.attachFile(join(folder, 'notes.txt'));
  await email.send();
  const text = new TextDecoder().decode(memory.outbox[0]?.content);
  expect(text).toContain('filename=notes.txt');
  expect(text).toMatch(/^from a file$/m);
  await expect(email.attachFile(join(folder, 'missing'))).rejects.toMatchObject({ code: 'file' });
});

test('the file backend writes one complete .eml for each message', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'made', 'by it');
  const mail = createMail({
    mailers: { default: { backend: 'file', path } },
    defaultFrom: 'web@example.org',
  });
  await mail.sendMassMail([
    ['One', 'first', null, ['bob@example.net']],
    ['Two', 'second', null, ['bob@example.net']],
  ]);
  const names = (await readdir(path)).sort();
  expect(names).toHaveLength(2);
  expect(names.every(name => name.endsWith('.eml'))).toBe(true);
  const contents = await Promise.all(names.map(name => readFile(join(path, name), 'utf8')));
  expect(contents.join('')).toMatch(/Subject: One\r\n/);
  await writeFile(join(folder, 'file'), '');
  const wrong = createMail({
    mailers: { default: { backend: 'file', path: join(folder, 'file') } },
    defaultFrom: 'web@example.org',
  });
  await expect(wrong.sendMail('Hi', 'text', null, ['bob@example.net'])).rejects.toMatchObject({
    code: 'not-sent',
    cause: { code: 'file' },
  });
});
