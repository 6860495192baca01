import { expect, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { adviceFor } from './advice.ts';
import { SmtpError } from './error-classes.ts';
import { createMailer, MailerError, type ProviderName, provider, providerFor, providers } from './index.ts';
import { providerAt } from './provider.ts';

test.each<[ProviderName, string, number, string]>([
  ['qq', 'smtp.qq.com', 465, 'implicit'],
  ['163', 'smtp.163.com', 465, 'implicit'],
  ['sina', 'smtp.sina.com', 465, 'implicit'],
  ['gmail', 'smtp.gmail.com', 465, 'implicit'],
  ['outlook', 'smtp-mail.outlook.com', 587, 'starttls'],
  ['ses-eu-west-1', 'email-smtp.eu-west-1.amazonaws.com', 465, 'implicit'],
])('%s', (name, hostname, port, tls) => {
  const options = provider(name, { user: 'ann', pass: 'code' });
  expect(options).toEqual({ hostname, port, tls, auth: { user: 'ann', pass: 'code' } });
  createMailer(options);
});

test('every provider has a source, a setup, and a port that fits its TLS mode', () => {
  for (const [name, entry] of providers()) {
    expect(entry.source, name).toMatch(/^https:\/\//);
    expect(entry.setup, name).not.toBe('');
    expect(entry.port, name).toBe(entry.tls === 'implicit' ? 465 : 587);
    expect(providerAt(entry.hostname), name).toBeDefined();
  }
});

test('a user name that all accounts share is filled in', () => {
  expect(provider('sendgrid', { pass: 'SG.key' }).auth).toEqual({ user: 'apikey', pass: 'SG.key' });
});

test.each([
  ['ann@qq.com', 'qq'],
  ['ann@foxmail.com', 'qq'],
  ['ann@GMAIL.com', 'gmail'],
  ['ann@126.com', '126'],
  ['ann@example.org', undefined],
])('%s belongs to %s', (address, name) => {
  expect(providerFor(address)).toBe(name);
});

test('an unknown provider is refused with the known ones', () => {
  expect(() => provider('gmial' as ProviderName, { user: 'a', pass: 'b' })).toThrow(MailerError);
  expect(() => provider('gmial' as ProviderName, { user: 'a', pass: 'b' })).toThrow(/gmail.*"gmial"/);
  expect(() => provider('ses-nowhere', { user: 'a', pass: 'b' })).toThrow(MailerError);
  expect(() => provider('toString' as ProviderName, { user: 'a', pass: 'b' })).toThrow(MailerError);
  expect(() => provider('gmail', undefined as never)).toThrow('credentials');
});

test('a refused login comes with what the provider wants', () => {
  const refused = new SmtpError('auth', 'auth', 'refused', { code: 535 });
  expect(adviceFor(refused, providerAt('smtp.qq.com'))).toContain(
    'authorisation code, not the account password',
  );
  expect(adviceFor(refused, providerAt('smtp.163.com'))).toContain('authorisation code');
  expect(adviceFor(refused)).toBe('check user name and password');
});

test.each([
  ['hello', { handler: { onHello: () => ({ code: 501, text: 'Bad name' }) } }, 'clientName'],
  [
    'mail',
    { server: { auth: ['PLAIN'], allowInsecureAuth: true, requireAuth: true } },
    'auth: { user, pass }',
  ],
])('a refusal at %s is explained', async (_, server, advice) => {
  await using listener = await startServer(server);
  await using mailer = createMailer(local(listener));
  await expect(
    mailer.send({ from: 'ann@example.org', to: 'bob@example.net', text: 'Hi' }),
  ).rejects.toMatchObject({ advice: expect.stringContaining(advice) });
});

test('a server without STARTTLS is explained', async () => {
  await using listener = await startServer();
  await using mailer = createMailer({ ...local(listener), tls: 'starttls' });
  await expect(
    mailer.send({ from: 'ann@example.org', to: 'bob@example.net', text: 'Hi' }),
  ).rejects.toMatchObject({ code: 'not-sent', advice: expect.stringContaining("'none'") });
});
