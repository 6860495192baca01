// Implicit TLS, as on port 465: encrypted from the first octet.
// Run: node implicit-tls.ts HOST PORT USER, with the password in MAIL_PASSWORD
import { createMailer } from '@posthaste/mailer';

const [hostname = 'smtp.example.org', port = '465', user = 'ann'] = process.argv.slice(2);
const { MAIL_PASSWORD: pass = '' } = process.env;

await using mailer = createMailer({
  hostname,
  port: Number(port),
  tls: 'implicit',
  auth: { user, pass },
});
const receipt = await mailer.send({
  from: 'ann@example.org',
  to: 'bob@example.net',
  subject: 'Over TLS',
  text: 'Nobody on the way could read this.',
});
console.log(receipt.state, receipt.messageId);
