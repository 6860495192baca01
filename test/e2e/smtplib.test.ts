import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call } from './call.ts';
import { type Demo, startOnNode } from './demo.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startOnNode();
});
afterAll(() => demo?.stop());

const PROGRAM = `
import smtplib, sys
from email.message import EmailMessage

port, mode = int(sys.argv[1]), sys.argv[2]
message = EmailMessage()
message['From'] = 'Zoë <zoe@example.org>'
message['To'] = 'bob@example.net'
message['Subject'] = 'Grüße 🚀 ' + mode
message.set_content('.\\n..dots\\nGruß\\n')
message.add_attachment(bytes(range(256)) * 40, maintype='application', subtype='octet-stream', filename='all.bin')
with smtplib.SMTP('127.0.0.1', port, timeout=90) as smtp:
    if mode != 'plain':
        smtp.starttls()
    if mode == 'login':
        smtp.login('anyone', 'anything')
    refused = smtp.send_message(message)
assert refused == {}, refused
print('sent')
`;

interface Listed {
  readonly id: string;
  readonly subject: string;
  readonly secure: boolean;
}

test.each([
  ['plain', false],
  ['starttls', true],
  ['login', true],
])('smtplib sends to the dev inbox: %s', async (mode, secure) => {
  const sent = await promisify(execFile)('python3', ['-c', PROGRAM, String(demo.smtpPort), mode]);
  expect(sent.stdout).toBe('sent\n');
  const list: Listed[] = await (await call(`${demo.origin}/api/messages`)).json();
  expect(list[0]).toMatchObject({ subject: `Grüße 🚀 ${mode}`, from: 'Zoë <zoe@example.org>', secure });
  const raw = await (await call(`${demo.origin}/api/messages/${list[0]!.id}/raw`)).text();
  expect(raw).toContain('\r\n.\r\n..dots\r\n');
  const base64 = raw.slice(raw.indexOf('all.bin')).split('\r\n\r\n')[1]!;
  const attachment = Buffer.from(base64.split('\r\n--')[0]!, 'base64');
  expect(
    attachment.equals(Buffer.concat(Array(40).fill(Buffer.from(Array.from({ length: 256 }, (_, i) => i))))),
  ).toBe(true);

  const session: { text: string }[] = await (
    await call(`${demo.origin}/api/messages/${list[0]!.id}/session`)
  ).json();
  const words = session.map(line => line.text).join('\n');
  expect(words).toContain('RCPT TO:<bob@example.net>');
  expect(words).not.toContain('anything');
  expect(words).not.toContain(Buffer.from('\0anyone\0anything').toString('base64'));
});
