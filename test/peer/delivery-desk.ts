import type { ServeHandler } from '@posthaste/bridge';
import type { Delivered } from '../contract/case.ts';

/** The one account that the post office knows. */
export const account: { readonly user: string; readonly pass: string } = {
  user: 'ann',
  pass: 'correct horse',
};

const REFUSALS: readonly [RegExp, number, string][] = [
  [/^refuse-550/, 550, 'No such mailbox'],
  [/^refuse-450/, 450, 'Mailbox busy'],
];

/**
 * Decides by the local part of each recipient, so that a case works the same through a relay, and keeps what it
 * committed: the ground truth.
 */
export class DeliveryDesk implements ServeHandler {
  readonly #delivered: Delivered[] = [];

  deliveredTo(recipient: string): Delivered[] {
    return this.#delivered.filter(message => message.to.includes(recipient));
  }

  onAuth: NonNullable<ServeHandler['onAuth']> = ({ mechanism, response }) => {
    const expected = `\0${account.user}\0${account.pass}`;
    if (mechanism === 'PLAIN' && response !== null && new TextDecoder().decode(response) === expected) return;
    return { code: 535, text: 'Authentication credentials invalid', enhanced: '5.7.8' };
  };

  onRcpt: NonNullable<ServeHandler['onRcpt']> = ({ to }) => {
    const refusal = REFUSALS.find(([pattern]) => pattern.test(to));
    return refusal && { code: refusal[1], text: refusal[2] };
  };

  onMessage: NonNullable<ServeHandler['onMessage']> = ({ envelope, content, session }) => {
    if (envelope.to.some(recipient => recipient.startsWith('refuse-content'))) {
      return { code: 554, text: 'Content refused', enhanced: '5.6.0' };
    }
    const { from, to } = envelope;
    this.#delivered.push({ from, to, secure: session.secure, content: new TextDecoder().decode(content) });
    return undefined;
  };
}
