// Files attached. Run: node attachment.ts SERVER FILE …
import { createMailer } from '@posthaste/mailer';
import { attachFile } from '@posthaste/mailer/attach-file';

const [server = 'smtp://127.0.0.1:2525?tls=none', ...paths] = process.argv.slice(2);

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: 'Ann <ann@example.org>',
  to: 'Bob <bob@example.net>',
  subject: 'The files',
  text: `${paths.length + 1} files are attached.`,
  attachments: [
    // Content that a program has made needs a name; its type follows from that.
    { filename: 'readings.csv', content: 'day,mails\nMonday,12\n' },
    ...(await Promise.all(paths.map(path => attachFile(path)))),
  ],
});
console.log(receipt.state, receipt.messageId);
