import { expect, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { ConnectError, MailerError, SmtpError } from './error-classes.ts';
import { createMailer, type DeliveryError } from './index.ts';
import { Secrets } from './secrets.ts';

const reply = { code: 550, lines: ['5.1.1 no s3cr3tPW here'] };
const refused = (cause?: unknown): SmtpError =>
  new SmtpError(
    'recipients',
    'rcpt',
    'The server answered "RCPT TO:<s3cr3tPW@example.net>" with "550 5.1.1 no s3cr3tPW here"',
    {
      reply,
      command: 'RCPT TO:<s3cr3tPW@example.net>',
      rejected: [{ rcpt: 's3cr3tPW@example.net', code: 550, reply }],
      deliveryUnknown: true,
      cause,
    },
  );

function secretsOf(...given: string[]): Secrets {
  const secrets = new Secrets();
  for (const secret of given) secrets.add(secret);
  return secrets;
}

test('an error of ours is copied without what the server repeated, its addresses as they are', () => {
  const error = Object.freeze(refused(refused()));
  const masked = secretsOf('s3cr3tPW').maskedError(error) as SmtpError;
  const told = {
    kind: 'recipients',
    message: 'The server answered "RCPT TO:<s3cr3tPW@example.net>" with "550 5.1.1 no *** here"',
    command: 'RCPT TO:<s3cr3tPW@example.net>',
    reply: { code: 550, lines: ['5.1.1 no *** here'] },
    rejected: [{ rcpt: 's3cr3tPW@example.net', code: 550, reply: { lines: ['5.1.1 no *** here'] } }],
    deliveryUnknown: true,
    retrySafe: false,
  };
  expect(masked).toMatchObject({ ...told, cause: told });
  expect(masked).toBeInstanceOf(SmtpError);
  expect(masked.stack).not.toContain('no s3cr3tPW');
  expect(Object.keys(masked)).toEqual(Object.keys(error));
  expect(error).toMatchObject({ reply, message: expect.stringContaining('no s3cr3tPW here') });
});

test('an error without a secret stays the same', () => {
  const secrets = secretsOf('another1');
  for (const error of [refused(), new MailerError('closed', 'Create a new mailer'), 'a text', undefined])
    expect(secrets.maskedError(error)).toBe(error);
});

test('errors of others stay as they are, and whatever they are nothing is thrown', () => {
  const secrets = secretsOf('s3cr3tPW');
  const hostile = Object.defineProperty(new Error('s3cr3tPW'), 'name', {
    get: () => {
      throw new Error('not yours');
    },
  });
  const poor = Object.assign(new Error('s3cr3tPW'), { name: 'SmtpError', reply: {} });
  const own = new Error('s3cr3tPW', { cause: refused() });
  for (const cause of [
    Object.seal(new Error('s3cr3tPW')),
    new DOMException('s3cr3tPW'),
    hostile,
    poor,
    own,
  ]) {
    expect(secrets.maskedError(cause)).toBe(cause);
    expect(cause.message).toBe('s3cr3tPW');
    expect((secrets.maskedError(refused(cause)) as Error).cause).toBe(cause);
  }
  const refusal = new ConnectError('unknown', { hostname: 'mx.example.org', port: 25 }, { cause: refused() });
  expect(secrets.maskedError(refusal)).toMatchObject({
    host: 'mx.example.org',
    cause: { reply: { lines: ['5.1.1 no *** here'] } },
  });
  expect((refusal.cause as SmtpError).reply).toBe(reply);
});

test('a message that left whole is unknown, whatever it was called off with', async () => {
  const calledOff = new AbortController();
  const reason = Object.seal(new Error('report job cancelled'));
  const server = await startServer({
    server: { auth: ['PLAIN'], allowInsecureAuth: true },
    handler: {
      onAuth: () => undefined,
      onMessage: () => {
        calledOff.abort(reason);
        return undefined;
      },
    },
  });
  const auth = { user: 'ann', pass: 'report' };
  const mailer = createMailer({ ...local(server), auth, allowInsecureAuth: true, retry: false });
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };
  const sending = mailer.send(message, { signal: calledOff.signal });
  const error = (await sending.catch((thrown: unknown) => thrown)) as DeliveryError;
  expect(error).toMatchObject({ code: 'unknown', cause: { kind: 'aborted', deliveryUnknown: true } });
  expect((error.cause as SmtpError).cause).toBe(reason);
  expect(reason.message).toBe('report job cancelled');
});

test('an error that a connect of one’s own throws stays as it is', async () => {
  const thrown = new Error('no tunnel for s3cr3tPW');
  const auth = { user: 'ann', pass: 's3cr3tPW' };
  await using mailer = createMailer({
    hostname: 'mx.example.org',
    auth,
    retry: false,
    connect: () => {
      throw thrown;
    },
  });
  const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };
  const error = (await mailer.send(message).catch((caught: unknown) => caught)) as Error;
  const chain: unknown[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) chain.push(cause);
  expect(chain).toContain(thrown);
  expect(thrown.message).toBe('no tunnel for s3cr3tPW');
});
