import { multipart, textPart } from '@posthaste/mime';
import { cramMd5, external } from '@posthaste/smtp-core';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate, trusting } from '../test/certificate.ts';
import {
  local,
  type RecordingServer,
  type RecordingServerOptions,
  startServer,
} from '../test/recording-server.ts';
import { SmtpError } from './error-classes.ts';
import { DeliveryError, SmtpConnection, type SmtpConnectionOptions } from './index.ts';

const octets = new TextEncoder().encode('Subject: raw\r\n\r\nbody\r\n');
const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

async function setUp(
  server: RecordingServerOptions = {},
  options: Partial<SmtpConnectionOptions> = {},
): Promise<{ server: RecordingServer; smtp: SmtpConnection }> {
  const recording = await startServer(server);
  const smtp = await SmtpConnection.open({ ...local(recording), ...options });
  onTestFinished(async () => {
    await smtp.close();
    await recording.close();
  });
  return { server: recording, smtp };
}

test('the dialogue by hand: ehlo, mail, rcpt, data, rset, noop, help, vrfy, expn, quit', async () => {
  const { server, smtp } = await setUp(
    { handler: { onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'No' } : undefined) } },
    { manual: true, clientName: 'client.example.org' },
  );
  expect((await smtp.ehlo()).code).toBe(250);
  expect(smtp.has('pipelining')).toBe(true);
  expect(smtp.capabilities.get('8BITMIME')).toEqual([]);
  expect((await smtp.mail('ann@example.org')).code).toBe(250);
  await smtp.rset();
  expect((await smtp.mail('ann@example.org')).code).toBe(250);
  expect((await smtp.rcpt('gone@example.net')).code).toBe(550);
  expect((await smtp.rcpt('bob@example.net')).code).toBe(250);
  expect((await smtp.data(octets)).code).toBe(250);
  expect((await smtp.noop()).code).toBe(250);
  expect((await smtp.help()).code).toBeGreaterThanOrEqual(200);
  expect((await smtp.vrfy('bob')).code).toBe(252);
  expect((await smtp.expn('list')).code).toBeGreaterThanOrEqual(250);
  expect((await smtp.command('XYZZY')).code).toBeGreaterThanOrEqual(500);
  await smtp.quit();
  expect(server.messages).toMatchObject([
    { from: 'ann@example.org', to: ['bob@example.net'], content: 'Subject: raw\r\n\r\nbody\r\n' },
  ]);
});

test('helo offers nothing; ensureGreeted greets once', async () => {
  const { smtp } = await setUp({}, { manual: true });
  expect((await smtp.helo()).code).toBe(250);
  expect(smtp.capabilities.size).toBe(0);
  const second = await setUp({}, { manual: true });
  await second.smtp.ensureGreeted();
  await second.smtp.ensureGreeted();
  expect(second.server.sessions).toBe(1);
});

test('sendMessage composes and gives a receipt; by hand it greets first', async () => {
  const { server, smtp } = await setUp({}, { manual: true });
  const receipt = await smtp.sendMessage({ ...message, bcc: 'carla@example.net' });
  expect(receipt).toMatchObject({
    state: 'accepted',
    envelope: { to: ['bob@example.net', 'carla@example.net'] },
  });
  expect(server.messages[0]?.content).toContain(receipt.messageId);
});

test('sendMessage takes a part tree with its header', async () => {
  const { server, smtp } = await setUp();
  const entity = multipart('alternative', [textPart('plain'), textPart('<p>rich</p>', 'html')])
    .addHeader('From', 'Ann <ann@example.org>')
    .addHeader('To', 'Bob <bob@example.net>')
    .addHeader('Subject', 'Grüße');
  await smtp.sendMessage(entity);
  expect(server.messages[0]).toMatchObject({ from: 'ann@example.org', to: ['bob@example.net'] });
  expect(server.messages[0]?.content).toMatch(/multipart\/alternative[\s\S]*rich/);
});

test('sendRaw tells who was refused', async () => {
  const { server, smtp } = await setUp({
    handler: { onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'No' } : undefined) },
  });
  const receipt = await smtp.sendRaw(
    { from: 'ann@example.org', to: ['gone@example.net', 'bob@example.net'] },
    octets,
  );
  expect(receipt.recipients.map(({ state }) => state)).toEqual(['rejected', 'accepted']);
  const error = await smtp
    .sendRaw({ from: 'ann@example.org', to: 'gone@example.net' }, octets)
    .catch(error => error);
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.cause).toMatchObject({
    kind: 'recipients',
    rejected: [{ rcpt: 'gone@example.net', code: 550 }],
  });
  await smtp.sendRaw({ from: 'ann@example.org', to: 'bob@example.net' }, octets);
  expect(server.messages).toHaveLength(2);
});

test.each(['PLAIN', 'LOGIN'])('login over TLS by %s', async mechanism => {
  const certificate = makeCertificate();
  const answers: string[] = [];
  const { server, smtp } = await setUp(
    {
      listen: { mode: 'starttls', ...certificate },
      server: { auth: [mechanism], startTls: true, requireAuth: true },
      handler: {
        onAuth: ({ response }) => {
          if (response === null) return { challenge: new TextEncoder().encode('Username:') };
          answers.push(new TextDecoder().decode(response));
          return mechanism === 'LOGIN' && answers.length === 1
            ? { challenge: new TextEncoder().encode('Password:') }
            : undefined;
        },
      },
    },
    { manual: true, tls: 'starttls', ...trusting(certificate) },
  );
  await smtp.ehlo();
  expect(smtp.has('AUTH')).toBe(false);
  await smtp.startTls();
  expect(smtp.secure).toBe(true);
  await smtp.ehlo();
  expect((await smtp.login({ user: 'ann', pass: 'secret' })).code).toBe(235);
  await smtp.sendMessage(message);
  expect(answers.join('|')).toBe(mechanism === 'PLAIN' ? '\0ann\0secret' : 'ann|secret');
  expect(server.messages).toHaveLength(1);
});

test('authenticate takes one mechanism, such as CRAM-MD5 or EXTERNAL', async () => {
  const mechanisms: string[] = [];
  const { smtp } = await setUp(
    {
      server: { auth: ['CRAM-MD5', 'EXTERNAL'], allowInsecureAuth: true },
      handler: {
        onAuth: ({ mechanism, response }) => {
          mechanisms.push(mechanism);
          return response === null
            ? { challenge: new TextEncoder().encode('<1.2@mx.example.org>') }
            : undefined;
        },
      },
    },
    { manual: true },
  );
  await smtp.ehlo();
  expect((await smtp.authenticate(cramMd5({ user: 'ann', pass: 'secret' }))).code).toBe(235);
  expect(mechanisms).toEqual(['CRAM-MD5', 'CRAM-MD5']);
  const second = await setUp(
    { server: { auth: ['EXTERNAL'], allowInsecureAuth: true }, handler: { onAuth: () => undefined } },
    { manual: true },
  );
  await second.smtp.ehlo();
  expect((await second.smtp.authenticate(external())).code).toBe(235);
});

test('a refused login and a login that cannot be are errors', async () => {
  const { smtp } = await setUp(
    {
      server: { auth: ['PLAIN'], allowInsecureAuth: true },
      handler: { onAuth: () => ({ code: 535, enhanced: '5.7.8', text: 'No' }) },
    },
    { manual: true, allowInsecureAuth: true },
  );
  await expect(smtp.login({ user: 'ann', pass: 'wrong' })).rejects.toMatchObject({ kind: 'auth', code: 535 });
  const none = await setUp({}, { manual: true });
  const error = await none.smtp.login({ user: 'ann', pass: 'x' }).catch(error => error);
  expect(error).toBeInstanceOf(SmtpError);
  expect(error).toMatchObject({ kind: 'auth', reason: 'auth-unavailable' });
});

test('speaks LMTP, where each recipient is decided by itself', async () => {
  const { server, smtp } = await setUp(
    {
      server: { lmtp: true },
      handler: {
        onMessage: ({ recipient }) =>
          recipient?.startsWith('full') ? { code: 452, text: 'Mailbox full' } : undefined,
      },
    },
    { protocol: 'lmtp' },
  );
  const receipt = await smtp.sendMessage({ ...message, to: ['bob@example.net', 'full@example.net'] });
  expect(receipt).toMatchObject({
    state: 'partial',
    recipients: [
      { address: 'bob@example.net', state: 'accepted' },
      { address: 'full@example.net', state: 'rejected', retry: true },
    ],
  });
  expect(server.messages.map(({ to }) => to)).toEqual([['bob@example.net']]);
});

test('connects with implicit TLS, and ends by itself at the end of a block', async () => {
  const certificate = makeCertificate();
  const server = await startServer({ listen: { mode: 'implicit', ...certificate } });
  {
    await using smtp = await SmtpConnection.open({
      ...local(server),
      tls: 'implicit',
      ...trusting(certificate),
    });
    expect(smtp.secure).toBe(true);
    await smtp.sendMessage(message);
  }
  expect(server.messages).toHaveLength(1);
  await server.close();
});

test('listeners that throw end as the error of what they listen to', async () => {
  const server = await startServer();
  const options = local(server);
  const fail = (): never => {
    throw new Error('no display');
  };
  await expect(SmtpConnection.open({ ...options, onTranscript: fail })).rejects.toMatchObject({
    kind: 'aborted',
    cause: { code: 'callback' },
  });
  const smtp = await SmtpConnection.open(options);
  const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };
  await expect(smtp.sendMessage(message, { onProgress: fail })).rejects.toMatchObject({
    code: 'not-sent',
    cause: { kind: 'aborted', cause: { code: 'callback' } },
  });
  expect(server.messages).toEqual([]);
  await smtp.close();
  await server.close();
});
