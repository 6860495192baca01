import { expect, test } from 'vitest';
import { createMail, fromEnv } from './index.ts';

test('a certificate that is a path is read, and named when it is missing', () => {
  const environment = { EMAIL_HOST: 'x.example', EMAIL_SSL_KEYFILE: '/nonexistent/key.pem' };
  expect(() => fromEnv(environment)).toThrow('/nonexistent/key.pem');
});

test('reads the runtime’s own environment', async () => {
  process.env.EMAIL_BACKEND = 'memory';
  try {
    const mail = createMail(fromEnv());
    expect(await mail.sendMail('Hi', 'text', 'ann@example.org', ['bob@example.net'])).toBe(1);
  } finally {
    delete process.env.EMAIL_BACKEND;
  }
});
