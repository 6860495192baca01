import { plain } from '@posthaste/smtp-core';
import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { type Auth, createMailer, type Mailer, MailerError } from './index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

interface Login {
  readonly mechanism: string;
  readonly response: string;
}

async function setUp(
  auth: Auth,
  offered: readonly string[],
  verdict: (login: Login, count: number) => boolean,
): Promise<{ server: RecordingServer; mailer: Mailer; logins: Login[] }> {
  const logins: Login[] = [];
  const server = await startServer({
    server: { auth: offered, allowInsecureAuth: true },
    handler: {
      onAuth: ({ mechanism, response }) => {
        const login = { mechanism, response: new TextDecoder().decode(response ?? undefined) };
        logins.push(login);
        return verdict(login, logins.length) ? undefined : { code: 535, text: 'No' };
      },
    },
  });
  const mailer = createMailer({ ...local(server), auth, allowInsecureAuth: true });
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  return { server, mailer, logins };
}

test('signs in with a password', async () => {
  const { mailer, logins } = await setUp({ user: 'ann', pass: 'secret' }, ['PLAIN'], () => true);
  await mailer.send(message);
  expect(logins).toEqual([{ mechanism: 'PLAIN', response: '\0ann\0secret' }]);
});

test('fetches a rejected token anew, once', async () => {
  const tokens = ['stale', 'fresh', 'unused'];
  const { mailer, logins } = await setUp(
    { user: 'ann@example.org', accessToken: async () => tokens.shift()! },
    ['XOAUTH2'],
    ({ response }) => response.includes('fresh'),
  );
  expect((await mailer.send(message)).state).toBe('accepted');
  expect(logins).toHaveLength(2);
  expect(tokens).toEqual(['unused']);
});

test('a token that stays wrong, or cannot be fetched, is an error', async () => {
  let fetched = 0;
  const wrong = await setUp(
    { user: 'ann', accessToken: async () => `token ${++fetched}` },
    ['OAUTHBEARER', 'XOAUTH2'],
    () => false,
  );
  await expect(wrong.mailer.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    cause: { kind: 'auth', code: 535 },
  });
  expect(fetched).toBe(2);
  const failing = await setUp(
    { user: 'ann', accessToken: () => Promise.reject(new Error('login page')) },
    ['XOAUTH2'],
    () => true,
  );
  await expect(failing.mailer.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    temporary: true,
    cause: { code: 'callback', cause: { message: 'login page' } },
  });
  await expect(failing.mailer.verify()).rejects.toMatchObject({ code: 'callback' });
});

test('takes mechanisms of your own, a new set for each session', async () => {
  let sets = 0;
  const { mailer } = await setUp(
    {
      mechanisms: () => {
        sets++;
        return [plain({ user: 'ann', pass: 'secret' })];
      },
    },
    ['PLAIN'],
    () => true,
  );
  await mailer.send(message);
  await mailer.send(message);
  expect(sets).toBe(2);
});

test('sends no password in the clear unless told to', async () => {
  const server = await startServer({ server: { auth: ['PLAIN'], allowInsecureAuth: true } });
  const mailer = createMailer({ ...local(server), auth: { user: 'ann', pass: 'secret' } });
  await expect(mailer.send(message)).rejects.toMatchObject({
    cause: { kind: 'auth', reason: 'cleartext-refused' },
    advice: expect.stringContaining('allowInsecureAuth'),
  });
  await mailer.close();
  await server.close();
});

test.each([
  [{ user: 'ann' }],
  [{ user: '', pass: 'x' }],
  [{ user: 'ann', pass: '' }],
  [{ user: 'ann', pass: 'x', accessToken: 'y' }],
  [{ user: 'ann', pass: 'sec\0ret' }],
  [{ user: 'ann', pass: 'x', mechanisms: ['NTLM'] }],
  [{ user: 'ann', password: 'x' }],
])('refuses credentials %j without repeating them', auth => {
  const error = (() => {
    try {
      return createMailer({ hostname: 'smtp.example.org', auth: auth as never });
    } catch (error) {
      return error;
    }
  })();
  expect(error).toBeInstanceOf(MailerError);
  expect(String(error)).not.toContain('sec');
});
