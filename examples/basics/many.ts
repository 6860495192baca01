// Many messages over one connection, and what became of each.
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

/** Made one by one, as they are sent; they could come from a database just as well. */
function* invitations() {
  for (const name of ['Bob', 'Carla', 'Dora', 'Emil', 'Frieda']) {
    const to = { name, address: `${name.toLowerCase()}@example.net` };
    yield { from: 'Ann <ann@example.org>', to, subject: 'Invitation', text: `Dear ${name}, come on Friday.` };
  }
}

await using mailer = createMailer(server);
for await (const receipt of mailer.sendMany(invitations())) {
  console.log(receipt.envelope.to[0], receipt.state, receipt.error ?? '');
}
