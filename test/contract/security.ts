import { type Case, equal, newAddress, rejection } from './case.ts';

const letter = { from: 'ann@example.org', subject: 'Sealed', text: 'x' };
const account = { user: 'ann', pass: 'correct horse' };

/** TLS and AUTH: every case runs everywhere; a runtime without TLS of its own must say so in a typed error. */
export const security: readonly Case[] = (['starttls', 'implicit'] as const).flatMap(door => [
  {
    name: `${door}: a message travels under TLS, from a known user`,
    async run(subject) {
      const to = newAddress('bob');
      const mailer = subject.mailer(door, { auth: account });
      if (!subject.capabilities.has('tls')) {
        equal((await rejection(mailer.send({ ...letter, to }))).code, 'unsupported', 'code');
        return;
      }
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
    name: `${door}: a wrong password is an auth error, and the secret is not in it`,
    async run(subject) {
      const mailer = subject.mailer(door, { auth: { user: 'ann', pass: 'canary-battery' } });
      const error = await rejection(mailer.send({ ...letter, to: newAddress('bob') }));
      await mailer.close();
      const [kind, code] = subject.capabilities.has('tls') ? ['auth', 535] : [undefined, 'unsupported'];
      equal([error.kind ?? null, error.code], [kind ?? null, code], 'error');
      equal(`${error} ${JSON.stringify(error)}`.includes('canary-battery'), false, 'the secret in the error');
    },
  },
]) satisfies readonly Case[];
