import { createMailer } from '@posthaste/mailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../peer/certificate.ts';
import { type NpmSmtpServer, startNpmSmtpServer } from '../peer/npm-smtp-server.ts';
import { type SmtpSink, startSmtpSink } from '../peer/smtp-sink.ts';

const account = { user: 'ann', pass: 'correct horse' };
const message = {
  from: 'Ann Müller <ann@example.org>',
  to: ['bob@example.net', 'carol@example.net'],
  subject: 'Grüße 🚀',
  text: 'One line.\nAnother.\n',
  html: '<p>One line.</p>',
};

describe('smtp-sink', () => {
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await startSmtpSink();
  });
  afterAll(() => sink.stop());

  test('takes a message', async () => {
    const mailer = createMailer({ hostname: '127.0.0.1', port: sink.port, tls: 'none' });
    const receipt = await mailer.send(message);
    await mailer.close();

    expect(receipt.state).toBe('accepted');
    // The file is another process's.
    await expect
      .poll(() => sink.messages(), { timeout: 60_000 })
      .toEqual([expect.stringContaining('Subject: =?')]);
    expect(sink.messages()[0]).toContain('X-Mail-Args: <ann@example.org>');
    expect(sink.messages()[0]).toContain('X-Rcpt-Args: <carol@example.net>');
  });
});

describe('npm smtp-server with STARTTLS and AUTH', () => {
  let certificate: Certificate;
  let server: NpmSmtpServer;
  beforeAll(async () => {
    certificate = makeCertificate();
    server = await startNpmSmtpServer(certificate, account);
  });
  afterAll(() => server.stop());

  const address = () => ({
    hostname: 'localhost',
    port: server.port,
    tls: 'starttls' as const,
    tlsOptions: { ca: certificate.ca },
  });

  test('takes a message over TLS from a known user', async () => {
    const mailer = createMailer({ ...address(), auth: account });
    const receipt = await mailer.send(message);
    await mailer.close();

    expect(receipt.state).toBe('accepted');
    expect(receipt.recipients.map(recipient => recipient.state)).toEqual(['accepted', 'accepted']);
    expect(server.messages).toHaveLength(1);
    expect(server.messages[0]).toMatchObject({
      from: 'ann@example.org',
      to: message.to,
      secure: true,
      user: 'ann',
    });
    expect(new TextDecoder().decode(server.messages[0]!.content)).toContain(
      '\r\n\r\nOne line.\r\nAnother.\r\n',
    );
  });

  test('turns a wrong password away, and nothing is delivered', async () => {
    const before = server.messages.length;
    const mailer = createMailer({ ...address(), auth: { ...account, pass: 'wrong' } });
    await expect(mailer.send(message)).rejects.toMatchObject({
      code: 'not-sent',
      cause: { kind: 'auth', code: 535 },
    });
    await mailer.close();
    expect(server.messages).toHaveLength(before);
  });

  test('is not trusted without its authority', async () => {
    const { tlsOptions: _, ...untrusted } = address();
    const mailer = createMailer({ ...untrusted, auth: account });
    await expect(mailer.send(message)).rejects.toMatchObject({
      code: 'not-sent',
      cause: { kind: 'tls', code: 'tls-untrusted' },
    });
    await mailer.close();
  });
});
