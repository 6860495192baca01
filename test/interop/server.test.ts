import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServeHandler } from '@posthaste/bridge';
import { type Listener, listen } from '@posthaste/bridge/listen';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../peer/certificate.ts';
import { account, DeliveryDesk } from '../peer/delivery-desk.ts';

/** A program that sends one message to our server. */
interface Sender {
  readonly name: string;
  send(letter: Letter): Promise<unknown>;
}

interface Letter {
  readonly door: Door;
  readonly port: number;
  readonly to: string;
  readonly text: string;
  readonly folder: string;
}

type Door = 'plain' | 'starttls' | 'implicit' | 'lmtp';

const from = 'ann@example.org';
const run = promisify(execFile);
const signsIn = (door: Door) => door === 'starttls' || door === 'implicit';
const file = (folder: string, text: string): string => {
  const path = join(folder, `${crypto.randomUUID()}.eml`);
  writeFileSync(path, text);
  return path;
};

const SMTPLIB = `
import smtplib, ssl, sys
door, port, sender, to, path, ca, user, password = sys.argv[1:]
trust = ssl.create_default_context(cafile=ca)
if door == 'implicit': session = smtplib.SMTP_SSL('localhost', int(port), context=trust, timeout=100)
elif door == 'lmtp': session = smtplib.LMTP('localhost', int(port), timeout=100)
else: session = smtplib.SMTP('localhost', int(port), timeout=100)
if door == 'starttls': session.starttls(context=trust)
if door in ('starttls', 'implicit'): session.login(user, password)
session.sendmail(sender, [to], open(path, 'rb').read())
session.quit()
`;

const SENDERS: readonly Sender[] = [
  {
    name: 'smtplib',
    send: ({ door, port, to, text, folder }) =>
      run('python3', [
        ...['-c', SMTPLIB, door, `${port}`, from, to, file(folder, text)],
        ...[join(folder, 'ca.pem'), account.user, account.pass],
      ]),
  },
  {
    name: 'swaks',
    send: ({ door, port, to, text, folder }) =>
      run('swaks', [
        ...['--server', 'localhost', '--port', `${port}`, '--from', from, '--to', to, '--timeout', '100'],
        // swaks ends the last line by itself.
        ...[
          '--data',
          `@${file(folder, text.slice(0, -2))}`,
          '--protocol',
          door === 'lmtp' ? 'LMTP' : 'ESMTP',
        ],
        ...(door === 'starttls' ? ['--tls'] : door === 'implicit' ? ['--tls-on-connect'] : []),
        ...(signsIn(door)
          ? ['--auth', 'PLAIN', '--auth-user', account.user, '--auth-password', account.pass]
          : []),
        ...(signsIn(door) ? ['--tls-verify', '--tls-ca-path', join(folder, 'ca.pem')] : []),
      ]),
  },
  {
    name: 'curl',
    send: ({ door, port, to, text, folder }) =>
      run('curl', [
        ...['--silent', '--show-error', '--max-time', '100', '--mail-from', from, '--mail-rcpt', to],
        ...['--upload-file', file(folder, text), '--cacert', join(folder, 'ca.pem')],
        ...(signsIn(door) ? ['--user', `${account.user}:${account.pass}`] : []),
        ...(door === 'starttls' ? ['--ssl-reqd'] : []),
        `${door === 'implicit' ? 'smtps' : 'smtp'}://localhost:${port}/client.test`,
      ]),
  },
  {
    name: 'nodemailer',
    async send({ door, port, to, text }) {
      const transport = createTransport({
        host: 'localhost',
        port,
        secure: door === 'implicit',
        requireTLS: door === 'starttls',
        ignoreTLS: door === 'plain',
        lmtp: door === 'lmtp',
        tls: { ca: certificate.ca },
        ...(signsIn(door) && { auth: account }),
      });
      try {
        await transport.sendMail({ envelope: { from, to: [to] }, raw: text });
      } finally {
        transport.close();
      }
    },
  },
];

let certificate: Certificate;
let folder: string;
const desk = new DeliveryDesk();
/** curl sends its password only once it is asked. */
const handler: ServeHandler = {
  onRcpt: desk.onRcpt,
  onMessage: desk.onMessage,
  onAuth: (step, session) =>
    step.response === null ? { challenge: new Uint8Array() } : desk.onAuth(step, session),
};
const listeners = new Map<Door, Listener>();

beforeAll(async () => {
  certificate = makeCertificate();
  folder = mkdtempSync(join(tmpdir(), 'posthaste-server-'));
  writeFileSync(join(folder, 'ca.pem'), certificate.ca);
  for (const door of ['plain', 'starttls', 'implicit', 'lmtp'] as const) {
    const { cert, key } = certificate;
    listeners.set(
      door,
      await listen({
        mode: door === 'lmtp' ? 'plain' : door,
        handler,
        server: {
          serverName: 'office.test',
          lmtp: door === 'lmtp',
          extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'CHUNKING', 'DSN'],
          auth: signsIn(door) ? ['PLAIN'] : [],
        },
        ...(signsIn(door) && { cert, key }),
      }),
    );
  }
});
afterAll(async () => {
  await Promise.all([...listeners.values()].map(listener => listener.close()));
  rmSync(folder, { recursive: true, force: true });
});

const BODY = '.\r\n..\r\n.leading dot\r\n\r\nlast line\r\n';

describe.each(SENDERS)('$name', ({ name, send }) => {
  const doors = (['plain', 'starttls', 'implicit', 'lmtp'] as const).filter(
    door => door !== 'lmtp' || name !== 'curl',
  );
  const letter = (door: Door, to: string): Letter => ({
    ...{ door, to, folder, port: listeners.get(door)!.port },
    text: `Subject: ${name}\r\nFrom: ${from}\r\n\r\n${BODY}`,
  });

  test.each(doors)('delivers, %s', async door => {
    const to = `bob+${crypto.randomUUID()}@example.net`;
    const sent = letter(door, to);
    await send(sent);
    const [delivered, ...more] = desk.deliveredTo(to);
    expect(more).toEqual([]);
    expect(delivered).toMatchObject({ from, secure: signsIn(door) });
    expect(delivered!.content).toBe(sent.text);
  });

  test('learns that a recipient was refused', async () => {
    const to = `refuse-550+${crypto.randomUUID()}@example.net`;
    const error = await send(letter('plain', to)).then(
      () => undefined,
      reason => reason,
    );
    expect(`${error?.stdout ?? ''} ${error?.stderr ?? ''} ${error}`).toMatch(/550/);
    expect(desk.deliveredTo(to)).toEqual([]);
  });
});
