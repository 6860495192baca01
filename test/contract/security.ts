import type { SmtpError } from '@posthaste/smtp-core';
import { type Case, equal, newAddress, rejection } from './case.ts';

const letter = { from: 'ann@example.org', subject: 'Sealed', text: 'x' };
const account = { user: 'ann', pass: 'correct horse' };

/** TLS and AUTH, from this runtime or from the relay on its behalf. */
export const security: readonly Case[] = (['starttls', 'implicit'] as const).flatMap(door => [
  {
    name: `${door}: a message travels under TLS, from a known user`,
    async run(subject) {
      const to = newAddress('bob');
      const mailer = subject.mailer(door, { auth: account });
      equal((await mailer.send({ ...letter, to })).state, 'accepted', 'state');
      await mailer.close();
      equal(
        (await subject.delivered(to)).map(each => each.secure),
        [true],
        'secure',
      );
    },
  },
  {
    name: `${door}: a wrong password sends nothing, and is in no error`,
    async run(subject) {
      const to = newAddress('bob');
      const mailer = subject.mailer(door, { auth: { user: 'ann', pass: 'canary-battery' } });
      const error = await rejection(mailer.send({ ...letter, to }));
      await mailer.close();

      equal(error.code, 'not-sent', 'state');
      const cause = error.cause as SmtpError;
      // The relay signs in with the operator's password: a page learns that it failed, not why.
      const expected = subject.capabilities.has('sockets') ? ['auth', 535] : ['io', 'relay'];
      equal([cause.kind, cause.code], expected, 'cause');
      equal(
        `${error} ${cause} ${JSON.stringify([error, cause])}`.includes('canary-battery'),
        false,
        'the secret',
      );
      equal((await subject.delivered(to)).length, 0, 'delivered');
    },
  },
]) satisfies readonly Case[];
