// A message with a DKIM signature, for servers that leave that to you. Run: node signed.ts SERVER KEYFILE
//   openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem
//   openssl pkey -in key.pem -pubout -outform DER | base64 -w0    # p= of the TXT record at mail._domainkey.example.org
import { readFile } from 'node:fs/promises';
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none', keyFile = 'key.pem'] = process.argv.slice(2);
const privateKey = await readFile(keyFile, 'utf8');

await using mailer = createMailer(server, {
  dkim: { domain: 'example.org', selector: 'mail', privateKey },
});
const receipt = await mailer.send({
  from: 'Ann <ann@example.org>',
  to: 'Bob <bob@example.net>',
  subject: 'Signed',
  text: 'Whoever receives this can tell that example.org vouches for it.',
});
console.log(receipt.state, receipt.messageId);
