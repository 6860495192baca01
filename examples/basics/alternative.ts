// The same message as text and as HTML: each reader gets the form it likes best.
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: 'Ann <ann@example.org>',
  to: ['Bob <bob@example.net>', 'carla@example.net'],
  cc: 'dora@example.net',
  bcc: 'emil@example.net',
  subject: 'Lunch',
  text: 'At noon, in the garden.',
  html: '<p>At <b>noon</b>, in the garden.</p>',
});
for (const { address, state } of receipt.recipients) console.log(address, state);
