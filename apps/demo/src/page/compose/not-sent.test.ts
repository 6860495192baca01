import { RelayError } from '@posthaste/bridge/websocket';
import { SmtpError } from '@posthaste/smtp-core';
import { expect, test } from 'vitest';
import { whyNotSent } from './not-sent.ts';

const why = (error: Error) =>
  whyNotSent(new Error('It was not sent', { cause: error }), 'mx.test:25', undefined);

test('a quota that is used up as the session opens is one of connections', () => {
  const { message, advice } = why(new RelayError('E_QUOTA', 'open'));
  expect(message).toContain('as many connections as it takes');
  expect(message).not.toContain('35 MiB');
  expect(advice).toContain('Wait');
});

test.each([new RelayError('E_QUOTA', 'session'), new RelayError('E_SIZE', 'session')])(
  '$code in an open session is a matter of octets',
  error => {
    const { message, advice } = why(error);
    expect(message).toContain('35 MiB');
    expect(advice).toContain('file');
  },
);

test.each([
  ['size', 'file'],
  ['limits', 'fewer people'],
] as const)('%s: what helps is not to send the same again', (kind, words) => {
  const { advice } = why(new SmtpError(kind, 'mail', 'Send less'));
  expect(advice).toContain(words);
  expect(advice).not.toContain('Send it again');
});
