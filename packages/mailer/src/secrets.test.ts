import type { SaslMechanism } from '@posthaste/smtp-core';
import { expect, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { type Auth, createMailer, type DeliveryError, type ServerOptions, SmtpConnection } from './index.ts';

const message = { from: 'ann@example.org', to: ['hunter@example.net', 'gone@example.net'], text: 'Hello' };

/** A server that repeats the secret in each reply it writes itself, and turns the login down while it is told to. */
async function setUp(
  secret: string,
  turnsDown: boolean,
): Promise<Required<Pick<ServerOptions, 'port'>> & object> {
  const text = `${'x'.repeat(180)} bad credentials for ann:${secret}`;
  const server = await startServer({
    server: { auth: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'], allowInsecureAuth: true },
    handler: {
      onAuth: () => (turnsDown ? { code: 535, enhanced: '5.7.8', text } : undefined),
      onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text } : undefined),
      onMessage: () => text,
    },
  });
  onTestFinished(() => server.close());
  return local(server);
}

/** Everything that an error or a receipt would show, its causes included. */
function everything(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Object.getOwnPropertyNames(value)
    .map(name => everything((value as Record<string, unknown>)[name], seen))
    .join('\n');
}

test.each<[string, Auth, string]>([
  ['a password', { user: 'ann', pass: 's3cr3tPW' }, 's3cr3tPW'],
  ['a short password', { user: 'ann', pass: 'pw' }, 'ann:pw'],
  ['a password that needs quoting', { user: 'ann', pass: 'a"b\\c$&.*' }, '$&.*'],
  ['a token', { user: 'ann', accessToken: 'ya29.t0k3n' }, 'ya29'],
  ['a token that is fetched', { user: 'ann', accessToken: async () => 'ya29.t0k3n' }, 'ya29'],
])('%s that a server repeats reaches no error, no receipt and no transcript', async (_, auth, telling) => {
  const secret = 'pass' in auth ? auth.pass : 'ya29.t0k3n';
  const transcript: string[] = [];
  const onTranscript = ({ text }: { readonly text: string }): void => void transcript.push(text);
  const options = { auth, allowInsecureAuth: true, onTranscript, retry: false } as const;
  await using refused = createMailer({ ...(await setUp(secret, true)), ...options });
  const error = (await refused.send(message).catch((thrown: unknown) => thrown)) as DeliveryError;
  expect(error).toMatchObject({ code: 'not-sent', cause: { kind: 'auth', code: 535 } });
  expect(error.message).toContain('bad credentials for ann:***');
  expect(everything(error)).not.toContain(telling);

  await using taken = createMailer({ ...(await setUp(secret, false)), ...options });
  const receipt = await taken.send(message);
  expect(receipt.recipients).toMatchObject([
    { address: 'hunter@example.net', state: 'accepted' },
    { address: 'gone@example.net', state: 'rejected', reply: { code: 550 } },
  ]);
  expect(receipt.reply?.lines.join()).toContain('for ann:***');
  expect(everything(receipt)).not.toContain(telling);
  expect(transcript.filter(text => text.includes('for ann:***')).length).toBeGreaterThanOrEqual(3);
  expect(transcript.join('\n')).not.toContain(telling);
});

test('a password is no reason to garble what the server says', async () => {
  const target = await setUp('nothing', false);
  const auth = { user: 'ann', pass: 'red' };
  await using mailer = createMailer({ ...target, auth, allowInsecureAuth: true });
  const receipt = await mailer.send(message);
  expect(receipt.reply?.lines.join()).toContain('bad credentials for ann:nothing');
  await using named = createMailer({
    ...target,
    auth: { user: 'ann', pass: 'gone' },
    allowInsecureAuth: true,
  });
  expect((await named.send(message)).recipients[1]).toMatchObject({
    address: 'gone@example.net',
    state: 'rejected',
  });
});

test('a token that is refused is what the advice is about', async () => {
  const auth = { user: 'ann', accessToken: 'ya29.t0k3n' };
  await using mailer = createMailer({ ...(await setUp('x', true)), auth, allowInsecureAuth: true });
  await expect(mailer.send(message)).rejects.toMatchObject({
    advice: expect.stringContaining('check user name and access token'),
  });
});

test('smtplib’s verbs keep the secret too', async () => {
  const transcript: string[] = [];
  const options = {
    ...(await setUp('s3cr3tPW', true)),
    allowInsecureAuth: true,
    hostname: '127.0.0.1',
    tls: 'none',
  } as const;
  const smtp = await SmtpConnection.open({
    ...options,
    manual: true,
    onTranscript: ({ text }) => void transcript.push(text),
  });
  onTestFinished(() => smtp.close());
  const error: unknown = await smtp
    .login({ user: 'ann', pass: 's3cr3tPW' })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'auth', reply: { lines: [expect.stringContaining('for ann:***')] } });
  expect(everything(error) + transcript.join('\n')).not.toContain('s3cr3tPW');
  await expect(
    SmtpConnection.open({ ...options, auth: { user: 'ann', pass: 's3cr3tPW' } }),
  ).rejects.toMatchObject({ message: expect.not.stringContaining('s3cr3tPW') });
});

test('mechanisms of your own are theirs to keep', async () => {
  const own: SaslMechanism = {
    name: 'PLAIN',
    clientFirst: true,
    cleartext: true,
    respond: () => new TextEncoder().encode('\0ann\0s3cr3tPW'),
  };
  await using mailer = createMailer({
    ...(await setUp('anything', false)),
    auth: { mechanisms: () => [own] },
    allowInsecureAuth: true,
  });
  expect((await mailer.send(message)).state).toBe('partial');
});
