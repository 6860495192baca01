import { expect, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { createMailer, type Environment, fromEnv, MailerError } from './index.ts';

test('reads Django’s variables', () => {
  expect(
    fromEnv({
      EMAIL_HOST: 'smtp.example.org',
      EMAIL_PORT: '465',
      EMAIL_HOST_USER: 'ann',
      EMAIL_HOST_PASSWORD: 'secret',
      EMAIL_USE_SSL: 'True',
      EMAIL_USE_TLS: '',
      EMAIL_TIMEOUT: '10',
      EMAIL_SSL_CERTFILE: '-----BEGIN CERTIFICATE-----',
      EMAIL_SUBJECT_PREFIX: '[Site] ',
      EMAIL_USE_LOCALTIME: 'yes',
      DEFAULT_FROM_EMAIL: 'Site <web@example.org>',
      SERVER_EMAIL: 'root@example.org',
      ADMINS: 'Ann <ann@example.org>, "Smith, Bo" <bo@example.org>',
      MANAGERS: 'carla@example.org',
    }),
  ).toMatchObject({
    mailers: {
      default: {
        hostname: 'smtp.example.org',
        port: 465,
        tls: 'implicit',
        auth: { user: 'ann', pass: 'secret' },
        timeouts: { connect: 10_000, greeting: 10_000, final: 10_000 },
        tlsOptions: { cert: '-----BEGIN CERTIFICATE-----' },
      },
    },
    subjectPrefix: '[Site] ',
    compose: { timeZone: 'local' },
    defaultFrom: 'Site <web@example.org>',
    serverEmail: 'root@example.org',
    admins: ['Ann <ann@example.org>', '"Smith, Bo" <bo@example.org>'],
    managers: ['carla@example.org'],
  });
});

test('SMTP_URL goes without TLS where it says so, which no EMAIL variable can', async () => {
  await using server = await startServer();
  const { port, connect } = local(server);
  const url = `smtp://127.0.0.1:${port}?tls=none`;
  expect(fromEnv({ SMTP_URL: url }).mailers.default).toBe(url);
  await using mailer = createMailer(url, connect && { connect });
  await mailer.send({ from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' });
  expect(server.messages).toHaveLength(1);
});

test.each<[string, Environment, unknown]>([
  [
    'SMTP_URL wins',
    { SMTP_URL: 'smtps://smtp.example.org', EMAIL_HOST: 'other.example' },
    'smtps://smtp.example.org',
  ],
  ['neither TLS flag is STARTTLS', { EMAIL_HOST: 'x.example' }, { hostname: 'x.example', tls: 'starttls' }],
  [
    'EMAIL_USE_TLS is STARTTLS',
    { EMAIL_HOST: 'x.example', EMAIL_USE_TLS: '1' },
    { hostname: 'x.example', tls: 'starttls' },
  ],
  ['console', { EMAIL_BACKEND: 'console' }, { backend: 'console' }],
  [
    'a dotted path',
    { EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend', EMAIL_FILE_PATH: '/var/mail' },
    { backend: 'file', path: '/var/mail' },
  ],
  ['locmem', { EMAIL_BACKEND: 'django.core.mail.backends.locmem.EmailBackend' }, { backend: 'memory' }],
  ['dummy', { EMAIL_BACKEND: 'dummy' }, { backend: 'dummy' }],
])('%s', (_, environment, target) => {
  const settings = fromEnv(environment);
  expect(settings.mailers.default).toEqual(target);
  createMailer(settings.mailers.default);
});

test.each<[string, Environment]>([
  ['EMAIL_USE_SSL', { EMAIL_HOST: 'x.example', EMAIL_USE_SSL: 'true', EMAIL_USE_TLS: 'true' }],
  ['EMAIL_HOST', {}],
  ['EMAIL_PORT', { EMAIL_HOST: 'x.example', EMAIL_PORT: 'smtp' }],
  ['EMAIL_TIMEOUT', { EMAIL_HOST: 'x.example', EMAIL_TIMEOUT: '0' }],
  ['EMAIL_USE_TLS', { EMAIL_HOST: 'x.example', EMAIL_USE_TLS: 'maybe' }],
  ['EMAIL_HOST_PASSWORD', { EMAIL_HOST: 'x.example', EMAIL_HOST_USER: 'ann' }],
  ['EMAIL_BACKEND', { EMAIL_BACKEND: 'anymail.backends.mailgun.EmailBackend' }],
  ['EMAIL_FILE_PATH', { EMAIL_BACKEND: 'file' }],
  ['ADMINS', { EMAIL_HOST: 'x.example', ADMINS: 'Ann, nobody' }],
])('a wrong or missing %s is named', (name, environment) => {
  expect(() => fromEnv(environment)).toThrow(MailerError);
  expect(() => fromEnv(environment)).toThrow(name);
});
