import { expect, onTestFinished, test, vi } from 'vitest';
import { createMail, fromEnv } from './index.ts';

test('a certificate that is a path is read, and named when it is missing', () => {
  const environment = { EMAIL_HOST: 'x.example', EMAIL_SSL_KEYFILE: '/nonexistent/key.pem' };
  expect(() => fromEnv(environment)).toThrow('/nonexistent/key.pem');
});

test('reads the runtime’s own environment', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  // Whoever runs the tests may have a server of their own.
  vi.stubEnv('SMTP_URL', undefined);
  vi.stubEnv('EMAIL_BACKEND', 'memory');
  const mail = createMail(fromEnv());
  expect(await mail.sendMail('Hi', 'text', 'ann@example.org', ['bob@example.net'])).toBe(1);
});
