// A message of HTML alone. Most readers are better served by alternative.ts.
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: 'Ann <ann@example.org>',
  to: 'Bob <bob@example.net>',
  subject: 'Hello in HTML',
  html: '<h1>Hello</h1><p>Send by <a href="https://www.example.org/">Posthaste</a> …</p>',
});
console.log(receipt.state, receipt.messageId);
