// smtplib's verbs, one by one, on one connection. Run: node one-connection.ts HOST PORT USER
import { SmtpConnection } from '@posthaste/mailer';

const [hostname = 'smtp.example.org', port = '587', user = 'ann'] = process.argv.slice(2);
const { MAIL_PASSWORD: pass = '' } = process.env;

const smtp = await SmtpConnection.open({ hostname, port: Number(port), manual: true });
try {
  await smtp.ehlo();
  await smtp.startTls();
  await smtp.ehlo();
  await smtp.login({ user, pass });
  for (const to of ['bob@example.net', 'carla@example.net']) {
    const receipt = await smtp.sendMessage({ from: 'ann@example.org', to, subject: 'Hi', text: 'Hello' });
    console.log(to, receipt.state);
  }
  await smtp.quit();
} finally {
  await smtp.close();
}
