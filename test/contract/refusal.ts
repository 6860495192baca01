import type { SmtpError } from '@posthaste/smtp-core';
import { type Case, equal, newAddress, rejection } from './case.ts';

const from = 'ann@example.org';
/** State of the message; then kind, code and permanence of what caused it. */
function facts(error: Record<string, unknown>): unknown[] {
  const cause = error.cause as SmtpError;
  return [error.code, cause.kind, cause.code, cause.temporary];
}

const letter = { from, subject: 'Refusals', text: 'x' };

/** What a refusal looks like, and that nothing is reported as sent that was not. */
export const refusal: readonly Case[] = [
  {
    name: 'one refused recipient of two: partial, with the server’s own words',
    async run(subject) {
      const [good, bad] = [newAddress('bob'), newAddress('refuse-550')];
      const mailer = subject.mailer('plain');
      const receipt = await mailer.send({ ...letter, to: [good, bad] });
      await mailer.close();

      equal(receipt.state, 'partial', 'state');
      equal(
        receipt.recipients.map(each => each.state),
        ['accepted', 'rejected'],
        'recipients',
      );
      equal(receipt.recipients[1]!.reply?.code, 550, 'code');
      equal((await subject.delivered(good)).length, 1, 'delivered');
      equal((await subject.delivered(bad)).length, 0, 'not delivered');
    },
  },
  {
    name: 'all recipients refused: an error with the first refusal, and the connection goes on',
    async run(subject) {
      const [bad, good] = [newAddress('refuse-550'), newAddress('bob')];
      const mailer = subject.mailer('plain');
      const error = await rejection(mailer.send({ ...letter, to: bad }));
      equal(facts(error), ['rejected', 'recipients', 550, false], 'error');
      equal((await mailer.send({ ...letter, to: good })).state, 'accepted', 'the next message');
      await mailer.close();
    },
  },
  {
    name: 'all or nothing: one refusal, and nobody gets it',
    async run(subject) {
      const [good, bad] = [newAddress('bob'), newAddress('refuse-550')];
      const mailer = subject.mailer('plain');
      await rejection(mailer.send({ ...letter, to: [good, bad] }, { allOrNothing: true }));
      await mailer.close();
      equal((await subject.delivered(good)).length, 0, 'delivered');
    },
  },
  {
    name: 'a temporary refusal is told from a permanent one',
    async run(subject) {
      const mailer = subject.mailer('plain');
      const error = await rejection(mailer.send({ ...letter, to: newAddress('refuse-450') }));
      await mailer.close();
      equal(facts(error), ['rejected', 'recipients', 450, true], 'error');
    },
  },
  {
    name: 'content refused after the final dot is not delivered',
    async run(subject) {
      const to = newAddress('refuse-content');
      const mailer = subject.mailer('plain');
      const error = await rejection(mailer.send({ ...letter, to }));
      await mailer.close();
      equal(facts(error), ['rejected', 'reply', 554, false], 'error');
      equal((await subject.delivered(to)).length, 0, 'delivered');
    },
  },
  {
    name: 'a header with a line break is refused before anything is written',
    async run(subject) {
      const to = newAddress('bob');
      const mailer = subject.mailer('plain');
      const error = await rejection(mailer.send({ ...letter, to, subject: 'Hi\r\nBcc: eve@example.net' }));
      await mailer.close();
      equal([error.code, error.field], ['control-character', 'subject'], 'error');
      equal((await subject.delivered(to)).length, 0, 'delivered');
    },
  },
  {
    name: 'an abort ends the send with the reason given',
    async run(subject) {
      const to = newAddress('bob');
      const reason = new Error('Changed my mind');
      const mailer = subject.mailer('plain');
      const error = await rejection(mailer.send({ ...letter, to }, { signal: AbortSignal.abort(reason) }));
      await mailer.close();
      equal(error === (reason as unknown) || error.cause === reason, true, 'the reason survives');
      equal((await subject.delivered(to)).length, 0, 'delivered');
    },
  },
];
