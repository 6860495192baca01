// STARTTLS, as on port 587: begins in the clear and is upgraded before anything is said, or nothing is sent.
// Run: node starttls.ts HOST PORT USER, with the password in MAIL_PASSWORD
import { createMailer } from '@posthaste/mailer';

const [hostname = 'smtp.example.org', port = '587', user = 'ann'] = process.argv.slice(2);
const { MAIL_PASSWORD: pass = '' } = process.env;

await using mailer = createMailer({
  hostname,
  port: Number(port),
  tls: 'starttls',
  auth: { user, pass },
  onTranscript: ({ direction, text }) => console.error({ in: '<', out: '>', note: '*' }[direction], text),
});
const receipt = await mailer.send({
  from: 'ann@example.org',
  to: 'bob@example.net',
  subject: 'Over STARTTLS',
  text: 'Nobody on the way could read this.',
});
console.log(receipt.state, receipt.messageId);
