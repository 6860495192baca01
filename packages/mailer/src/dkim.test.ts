import { ComposedMessage, compose, multipart, textPart } from '@posthaste/mime';
import { signDkim } from '@posthaste/mime/dkim';
import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { MimeError } from './error-classes.ts';
import {
  createMail,
  createMailer,
  type DkimSigner,
  MailerError,
  type MailerOptions,
  type MailOptions,
  memoryBackend,
  SmtpConnection,
} from './index.ts';
import { fromNodemailerDkim, toNodemailerTransport } from './nodemailer.ts';
import { memoryStore, Outbox } from './outbox/index.ts';

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};
const { privateKey, publicKey } = await crypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
/** A text in the armour of PEM (RFC 7468 §2). */
const armour = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
const pem = armour(
  'PRIVATE KEY',
  btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)))),
);
const dkim: DkimSigner = { domain: 'example.org', selector: 'mail', privateKey: pem };
const message = {
  from: 'Ann <ann@example.org>',
  to: 'bob@example.net',
  subject: 'Grüße',
  text: 'Hello\n.\nBob',
};
const signature = /^DKIM-Signature:/gim;

async function setUp(): Promise<RecordingServer> {
  const server = await startServer();
  onTestFinished(() => server.close());
  return server;
}

/** What a signer writes for octets that have arrived, at the time that they say: signing with RSA has no chance in it. */
async function resigned(arrived: string, signer: DkimSigner): Promise<string> {
  const end = /\r\n(?![ \t])/.exec(arrived)!.index + 2;
  const seconds = Number(/ t=(\d+)/.exec(arrived)![1]);
  const octets = new TextEncoder().encode(arrived.slice(end));
  const unsigned = new ComposedMessage({ from: '', to: [] }, '', [octets], 0);
  const again = await signDkim(unsigned, { ...signer, now: new Date(seconds * 1000) });
  return new TextDecoder().decode(await again.bytes());
}

test('a mailer with dkim signs exactly the octets that arrive', async () => {
  const server = await setUp();
  await using mailer = createMailer({ ...local(server), dkim });
  const receipt = await mailer.send({
    ...message,
    html: '<p>Hello</p>',
    attachments: [{ filename: 'a.bin', content: new Blob([new Uint8Array(100_000)]) }],
  });
  const arrived = server.messages[0]!.content;
  const [header = ''] = arrived.split('\r\n\r\n');
  expect(header.replace(/\s+/g, ' ')).toMatch(
    /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example\.org; s=mail;/,
  );
  expect(header).toContain(`Message-ID: ${receipt.messageId}`);
  expect(arrived === (await resigned(arrived, dkim))).toBe(true);
  expect(receipt.envelope.size).toBe(new TextEncoder().encode(arrived).length);
});

test('signs part trees and composed messages, and leaves ready-made octets alone', async () => {
  const server = await setUp();
  await using mailer = createMailer({ ...local(server), dkim });
  const tree = multipart('mixed', [textPart('plain')])
    .addHeader('From', 'ann@example.org')
    .addHeader('To', 'bob@example.net');
  await mailer.send(tree);
  await mailer.send(compose(message));
  await mailer.send({ raw: compose(message) });
  expect(server.messages.map(({ content }) => content.match(signature)?.length)).toEqual([1, 1, undefined]);
});

test('a message can be signed by others, by several, or by nobody', async () => {
  const server = await setUp();
  const { privateKey: ed25519 } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const second: DkimSigner = { domain: 'bounces.example.org', selector: 'ed', privateKey: ed25519 };
  await using mailer = createMailer({ ...local(server), dkim });
  await mailer.send(message, { dkim: { ...dkim, domain: 'lists.example.org', validSeconds: 3600 } });
  await mailer.send(message, { dkim: [dkim, second] });
  await mailer.send(message, { dkim: false });
  const [other, both, none] = server.messages.map(({ content }) => content);
  expect(other).toMatch(/d=lists\.example\.org;[\s\S]* x=\d+;/);
  expect(both).toMatch(/^DKIM-Signature: v=1; a=ed25519-sha256;[\s\S]*DKIM-Signature: v=1; a=rsa-sha256;/);
  expect(none).not.toMatch(signature);
});

test('every door signs: sendMany, a backend, createMail, a connection, an outbox, nodemailer’s options', async () => {
  const server = await setUp();
  const memory = memoryBackend();
  await using mailer = createMailer(memory, { dkim });
  for await (const { state } of mailer.sendMany([message, message])) expect(state).toBe('accepted');
  await using mail = createMail({ mailers: { default: memory }, dkim, defaultFrom: 'ann@example.org' });
  await mail.sendMail('Hi', 'Hello', null, ['bob@example.net']);
  await mail.sendMail('Hi', 'Hello', null, ['bob@example.net'], { using: memory });
  await using unsigned = createMailer(memory);
  const outbox = new Outbox({ mailer: unsigned, store: memoryStore(), dkim, lockName: crypto.randomUUID() });
  await outbox.add(message);
  await outbox.flush();
  const options = { domainName: 'example.org', keySelector: 'mail', privateKey: pem };
  await toNodemailerTransport(unsigned).sendMail({ ...message, dkim: options });
  for (const { content } of memory.outbox)
    expect(new TextDecoder().decode(content).match(signature)).toHaveLength(1);
  expect(memory.outbox).toHaveLength(6);
  const smtp = await SmtpConnection.open({ ...local(server), dkim });
  await smtp.sendMessage(message);
  await smtp.quit();
  expect(server.messages[0]?.content).toMatch(signature);
});

test('nodemailer’s option is translated', () => {
  const key = { domainName: 'example.org', keySelector: 'mail', privateKey: pem };
  expect(fromNodemailerDkim({ ...key, headerFieldNames: 'from:to: subject' })).toEqual([
    { ...dkim, fields: ['from', 'to', 'subject'] },
  ]);
  expect(fromNodemailerDkim({ keys: [key, { ...key, keySelector: 'two' }] })).toEqual([
    dkim,
    { ...dkim, selector: 'two' },
  ]);
  for (const wrong of [
    { ...key, cacheDir: '/tmp' },
    { ...key, hashAlgo: 'sha1' },
    { domainName: 'example.org' },
  ])
    expect(() => fromNodemailerDkim(wrong as never)).toThrow(MailerError);
});

const octets = new TextEncoder().encode(pem);
const bad: [string, object | null, RegExp][] = [
  [
    'a mistyped name',
    { domain: 'example.org', selectr: 'mail', privateKey: pem },
    /did you mean selector\?$/,
  ],
  ['nodemailer’s domainName', { domainName: 'example.org' }, /did you mean domain\?$/],
  ['nodemailer’s keySelector', { keySelector: 'mail' }, /did you mean selector\?$/],
  ['no domain', { selector: 'mail', privateKey: pem }, /^Give dkim a domain, not "undefined"/],
  ['no selector', { domain: 'example.org', privateKey: pem }, /^Give dkim a selector, not "undefined"/],
  ['no key', { domain: 'example.org', selector: 'mail' }, /^Give dkim a privateKey: PKCS #8 as PEM text/],
  ['a key that is no PEM', { ...dkim, privateKey: 'MIIsecret' }, /pkcs8 -topk8/],
  ['a key of the older form', { ...dkim, privateKey: armour('RSA PRIVATE KEY', 'secret') }, /pkcs8 -topk8/],
  [
    'a PEM from an environment variable',
    { ...dkim, privateKey: pem.replaceAll('\n', '\\n') },
    /^Write privateKey\.replaceAll\('\\\\n', '\\n'\)/,
  ],
  ['octets', { ...dkim, privateKey: octets }, /'utf8'/],
  ['an ArrayBuffer', { ...dkim, privateKey: octets.buffer }, /'utf8'/],
  ['a public CryptoKey', { ...dkim, privateKey: publicKey }, /cannot sign$/],
  ['a pair of keys', { ...dkim, privateKey: { publicKey, privateKey } }, /PEM text, or a CryptoKey/],
  ['a key that is a number', { ...dkim, privateKey: 7 }, /PEM text, or a CryptoKey/],
  ['nothing', null, /an object with options/],
];

test.each(bad)(
  '%s is refused by createMailer and by send, and the key is not repeated',
  async (_, signer, wording) => {
    const server = await setUp();
    await using mailer = createMailer(local(server));
    for (const refuse of [
      async () => createMailer({ ...local(server), dkim: signer } as MailerOptions),
      async () => createMailer({ backend: 'dummy' }, { dkim: signer } as MailerOptions),
      async () => createMail({ mailers: { default: memoryBackend() }, dkim: signer } as MailOptions),
      async () => signer && mailer.send(message, { dkim: signer } as object),
    ]) {
      const error = await refuse().then(
        value => (value === null ? undefined : expect.fail('nothing was refused')),
        error => error,
      );
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(MailerError);
      expect(error.message).toMatch(wording);
      expect(error.message).not.toMatch(/secret|MII/);
    }
    expect(server.sessions).toBe(0);
  },
);

const short = await crypto.subtle.generateKey({ ...rsa, modulusLength: 512 }, true, ['sign', 'verify']);

test.each([
  ['an RSA key of 512 bits (RFC 8301 §3.2)', { privateKey: short.privateKey }],
  ['a PEM that holds no key', { privateKey: armour('PRIVATE KEY', 'AAAA') }],
  ['a domain that is none', { domain: 'example.org/x' }],
  ['a selector that is none', { selector: 'a b' }],
])('%s is refused before anything is opened, and the next message goes out', async (_, wrong) => {
  const server = await setUp();
  await using mailer = createMailer({ ...local(server), dkim: { ...dkim, ...wrong } });
  const error = await mailer.send(message).catch(error => error);
  expect(error).toBeInstanceOf(MimeError);
  expect(error.message).not.toContain('AAAA');
  expect(server.sessions).toBe(0);
  await mailer.send(message, { dkim: false });
  expect(server.messages).toHaveLength(1);
});

test('ready-made octets cannot be asked to be signed', async () => {
  await using mailer = createMailer({ backend: 'dummy' });
  const raw = new TextEncoder().encode('Subject: raw\r\n\r\n');
  const envelope = { from: 'ann@example.org', to: 'bob@example.net' };
  await expect(mailer.send({ raw, envelope }, { dkim })).rejects.toMatchObject({ code: 'invalid-option' });
});

test('an abort while a message is being signed sends nothing, and its receipt says so', async () => {
  const memory = memoryBackend();
  await using mailer = createMailer(memory, { dkim });
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    controller.abort(reason);
    yield new Uint8Array(10);
  };
  const sent = mailer.send({ ...message, attachments: [{ content: content() }] }, controller);
  await expect(sent).rejects.toMatchObject({
    code: 'not-sent',
    cause: reason,
    receipt: { envelope: { to: ['bob@example.net'] } },
  });
  expect(memory.outbox).toEqual([]);
});
