// A script that is configured from outside: SMTP_URL, or EMAIL_HOST and the other names Django knows.
// Run: SMTP_URL=… DEFAULT_FROM_EMAIL=… ADMINS=… node from-env.ts SUBJECT < body.txt
import { text as read } from 'node:stream/consumers';
import { createMail, fromEnv, MailerError } from '@posthaste/mailer';

const [subject = 'A word from a script'] = process.argv.slice(2);

try {
  await using mail = createMail(fromEnv());
  const sent = await mail.mailAdmins(subject, await read(process.stdin));
  if (sent === 0) throw new Error('Set ADMINS to the addresses that shall be written to');
  console.log('sent');
} catch (error) {
  const { message, advice } = error as Partial<MailerError>;
  console.error([message, error instanceof MailerError && advice].filter(Boolean).join('\n'));
  process.exitCode = 1;
}
