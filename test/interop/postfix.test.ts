import { type Connection, openConnection } from '@posthaste/bridge';
import { cramMd5, login, plain, type SaslMechanism, scramSha1, scramSha256 } from '@posthaste/smtp-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../peer/certificate.ts';
import { type Dovecot, mailbox, startDovecot } from '../peer/dovecot.ts';
import { readMailbox, untilDelivered } from '../peer/imap-mailbox.ts';
import { type Postfix, startPostfix } from '../peer/postfix.ts';
import { extensionRow, recordedRows } from './extension-table.ts';

const account: { user: string; pass: string } = mailbox;
const envelope = { from: 'ann@example.net', to: ['bob@example.net'] };
const mechanisms: readonly (readonly [string, (as: typeof account) => SaslMechanism])[] = [
  ['PLAIN', plain],
  ['LOGIN', login],
  ['CRAM-MD5', cramMd5],
  ['SCRAM-SHA-1', scramSha1],
  ['SCRAM-SHA-256', scramSha256],
];

let certificate: Certificate;
let dovecot: Dovecot;
let postfix: Postfix;
beforeAll(async () => {
  certificate = makeCertificate();
  dovecot = await startDovecot();
  postfix = await startPostfix(certificate, dovecot);
});
afterAll(async () => {
  postfix?.stop();
  await dovecot?.stop();
});

type Options = Partial<Parameters<typeof openConnection>[0]>;

function open(door: keyof Postfix['ports'], options: Options = {}): Promise<Connection> {
  return openConnection({
    hostname: 'localhost',
    port: postfix.ports[door],
    tls: door === 'plain' ? 'none' : door,
    tlsOptions: { ca: certificate.ca },
    ...options,
  });
}

async function sendOnce(
  connection: Connection,
  text: string,
  more: Partial<Parameters<Connection['sendRaw']>[0]> = {},
): Promise<void> {
  await connection.sendRaw({ ...envelope, ...more }, Uint8Array.from(Buffer.from(text, 'latin1')));
  await connection.quit();
}

/** Awaits the message and holds it against what was sent, octet for octet below what the servers put on top. */
async function expectArrival(text: string, marker: string): Promise<string> {
  const arrived = await untilDelivered(dovecot.imapPort, marker);
  expect(arrived.slice(-text.length)).toBe(text);
  const trace = arrived.slice(0, -text.length);
  expect(trace).toMatch(/^(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\r\n(?:[ \t].*\r\n)*)+$/);
  return trace;
}

const marked = (): string => `marker-${crypto.randomUUID()}`;

test.each(['plain', 'starttls', 'implicit'] as const)('says to EHLO what is recorded, %s', async door => {
  const connection = await open(door);
  expect(recordedRows()).toContain(extensionRow(`Postfix, ${door}`, connection.capabilities));
  await connection.quit();
});

describe.each(['starttls', 'implicit'] as const)('behind %s', door => {
  test.each(mechanisms)('signs in with %s', async (name, make) => {
    const marker = marked();
    const lines: string[] = [];
    const connection = await open(door, {
      auth: [make(account)],
      onTranscript: ({ text }) => lines.push(text),
    });
    const text = `Subject: ${name}\r\n\r\n${marker}\r\n`;
    await sendOnce(connection, text);

    expect(lines.filter(line => line.startsWith('AUTH '))).toEqual([expect.stringContaining(`AUTH ${name}`)]);
    expect(lines.join('\n')).not.toContain(mailbox.pass);
    expect(await expectArrival(text, marker)).toMatch(/\(using TLSv1\.[23] with cipher /);
  });

  test.each(mechanisms)('turns a wrong password away, %s', async (_, make) => {
    const opening = open(door, { auth: [make({ user: 'ann', pass: 'canary-battery' })] });
    await expect(opening).rejects.toMatchObject({ kind: 'auth', code: 535 });
    await expect(opening).rejects.not.toThrow(/canary/);
  });

  test('takes nothing from a client that did not sign in', async () => {
    const connection = await open(door);
    const sending = connection.sendRaw(envelope, new TextEncoder().encode('x'));
    await expect(sending).rejects.toMatchObject({ kind: 'recipients', code: 554 });
    await connection.quit();
  });
});

describe('octet for octet', () => {
  test.each([
    ['dots at the start of lines', 'data', '.\r\n..\r\n.x\r\n...\r\nx.\r\n', {}],
    ['eight-bit octets', 'data', 'Gr\xc3\xbc\xc3\x9fe \x80\xfe\xff\r\n', { body: '8bit' }],
    ['a line of 998 octets', 'data', `${'x'.repeat(998)}\r\n`, {}],
    ['blank lines at the end', 'data', 'x\r\n\r\n\r\n\r\n', {}],
    ['dots in chunks', 'bdat', '.\r\n..\r\n.\r\n', {}],
    ['eight-bit octets in chunks', 'bdat', '\xe9\xff.\r\n.\r\n', { body: '8bit' }],
    ['a megabyte in chunks', 'bdat', `${'0123456789'.repeat(7)}\r\n`.repeat(14_600), {}],
    ['a megabyte', 'data', `.${'0123456789'.repeat(7)}\r\n`.repeat(14_400), {}],
  ] as const)('%s', async (_, transfer, body, parameters) => {
    const marker = marked();
    const text = `Subject: ${marker}\r\nX-Odd:  kept \r\n\tas it is\r\n\r\n${body}`;
    await sendOnce(await open('plain', { transfer }), text, { size: text.length, ...parameters });
    await expectArrival(text, marker);
  });

  test('line ends of the sender’s machine arrive as CRLF', async () => {
    const marker = marked();
    await sendOnce(await open('plain'), `Subject: ${marker}\n\none\ntwo\r\nthree`);
    await expectArrival(`Subject: ${marker}\r\n\r\none\r\ntwo\r\nthree\r\n`, marker);
  });
});

describe('extensions', () => {
  test('SMTPUTF8 carries addresses and headers beyond ASCII', async () => {
    const marker = marked();
    const text = Buffer.from(`Subject: Grüße ${marker}\r\n\r\nx\r\n`).toString('latin1');
    await sendOnce(await open('plain'), text, {
      from: 'jürgen@example.net',
      to: ['用户@example.net'],
      smtputf8: true,
    });
    const trace = Buffer.from(await expectArrival(text, marker), 'latin1').toString();
    expect(trace).toContain('Return-Path: <jürgen@example.net>');
    expect(trace).toContain('X-Original-To: 用户@example.net');
    expect(trace).toContain('with UTF8SMTP');
  });

  test('DSN: the report of success names the envelope and the original recipient', async () => {
    const marker = marked();
    const text = `Subject: x\r\n\r\n${marker}\r\n`;
    await sendOnce(await open('plain'), text, {
      to: ['dora+x@example.net'],
      dsn: { ret: 'HDRS', envid: `id=${marker}`, notify: ['SUCCESS'], orcpt: true },
    });
    await expectArrival(text, marker);
    const report = await untilDelivered(dovecot.imapPort, `Original-Envelope-Id: id=${marker}`);
    expect(report).toContain('Original-Recipient: rfc822;dora+x@example.net');
    expect(report).toContain('Action: delivered');
    expect(report).not.toContain(`\r\n\r\n${marker}`);
  });

  test('SIZE: a message above the limit is refused here, before anything is written', async () => {
    const connection = await open('plain');
    const sending = connection.sendRaw({ ...envelope, size: 20_480_001 }, new Uint8Array(1));
    await expect(sending).rejects.toMatchObject({ kind: 'size' });
    await connection.quit();
  });

  test('SIZE: one that grows above it unannounced is refused there, and nothing arrives', async () => {
    const marker = marked();
    const connection = await open('plain', { transfer: 'bdat' });
    const line = new TextEncoder().encode(`${'x'.repeat(998)}\r\n`.repeat(64));
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(`Subject: ${marker}\r\n\r\n`);
      for (let sent = 0; sent < 24_000_000; sent += line.length) yield line;
    }
    await expect(connection.sendRaw(envelope, endless())).rejects.toMatchObject({ code: 552 });
    await connection.close();
    expect((await readMailbox(dovecot.imapPort)).some(message => message.includes(marker))).toBe(false);
  });

  test('PIPELINING: one refused recipient among good ones', async () => {
    const marker = marked();
    const text = `Subject: ${marker}\r\n\r\nx\r\n`;
    const connection = await open('plain');
    const [carol, stranger, dave] = ['carol@example.net', 'eve@refused.test', 'dave@example.net'] as const;
    const send = (to: string[]) =>
      connection.sendRaw({ ...envelope, to }, new TextEncoder().encode(text)).catch(error => error);
    const results = await Promise.all([send([carol, stranger, dave]), send([stranger]), send([dave])]);
    expect(results).toMatchObject([
      { accepted: [carol, dave], rejected: [{ rcpt: stranger, code: 554 }] },
      { kind: 'recipients', rejected: [{ code: 554 }] },
      { accepted: [dave], rejected: [] },
    ]);
    await connection.quit();
    await expectArrival(text, marker);
  });

  test('CHUNKING: twenty messages in flight, each delivered', async () => {
    const marker = marked();
    const connection = await open('plain', {
      transfer: 'bdat',
      pipelineWindow: { transactions: 20, octets: 1 << 20 },
    });
    const texts = Array.from({ length: 20 }, (_, at) => `Subject: ${marker}-${at}.\r\n\r\n.\r\n`);
    const results = await Promise.all(
      texts.map(text => connection.sendRaw(envelope, new TextEncoder().encode(text))),
    );
    expect(new Set(results.map(({ reply }) => reply.lines.join())).size).toBe(20);
    await connection.quit();
    for (const [at, text] of texts.entries()) await expectArrival(text, `${marker}-${at}.`);
  });
});
