import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMailer, type DkimSigner, MailerError, memoryBackend } from './index.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const dkim = (key: string | Buffer | KeyObject): DkimSigner =>
  ({ domain: 'example.org', selector: 'mail', privateKey: key }) as DkimSigner;

test.each<[string, Buffer | KeyObject, RegExp]>([
  ['a file read without an encoding', Buffer.from(pem), /'utf8'/],
  ['a KeyObject', createPrivateKey(pem), /key\.export\(\{ type: 'pkcs8', format: 'pem' \}\)/],
])('%s is refused at once, with what to give instead', (_, key, wording) => {
  const make = () => createMailer(memoryBackend(), { dkim: dkim(key) });
  expect(make).toThrow(MailerError);
  expect(make).toThrow(wording);
});

test('what is advised works: a file read as text, and an exported KeyObject', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dkim-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'key.pem'), pem);
  for (const key of [readFileSync(join(folder, 'key.pem'), 'utf8'), pem.replaceAll('\n', '\r\n')]) {
    const backend = memoryBackend();
    await using mailer = createMailer(backend, { dkim: dkim(key) });
    await mailer.send({ from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' });
    expect(new TextDecoder().decode(backend.outbox[0]!.content)).toMatch(/^DKIM-Signature: /);
  }
});
