import { createMailer } from '@posthaste/mailer';
import { indexedDbStore, Outbox } from '@posthaste/mailer/outbox';

const mailer = createMailer({
  idleMs: 500,
  relay: {
    url: `ws://${location.host}/relay`,
    token: async signal => (await fetch('/token', { method: 'POST', signal })).text(),
  },
});
const outbox = new Outbox({ store: indexedDbStore(), mailer, delayMs: 200, maxDelayMs: 1000 });
Object.assign(globalThis, { outbox });
// Without the hash the page only takes messages in.
if (location.hash === '#send') void outbox.run({ signal: new AbortController().signal });
