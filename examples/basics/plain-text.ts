// A message of plain text. Run: node plain-text.ts smtps://user:password@smtp.example.org
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: { name: '王小明', address: 'ming@example.org' },
  to: 'Bob <bob@example.net>',
  subject: '你好, Bob',
  text: '今天天气很好。\nSee you at noon.\n',
});
console.log(receipt.state, receipt.messageId);
