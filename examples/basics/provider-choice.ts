// Host, port and TLS mode of a well-known provider, by its name or by an address of it.
// Run: node provider-choice.ts qq|163|sina|gmail|ADDRESS USER, with the code that the provider gave in MAIL_PASSWORD
import { createMailer, type ProviderName, provider, providerFor, providers } from '@posthaste/mailer';

const [choice = 'gmail', user = choice] = process.argv.slice(2);
const { MAIL_PASSWORD: pass = '' } = process.env;

const name = choice.includes('@') ? providerFor(choice) : (choice as ProviderName);
if (name === undefined) throw new Error(`Name the server yourself: nobody here knows that of ${choice}`);
console.log(`${name}: ${providers().get(name)?.setup}`);

await using mailer = createMailer(provider(name, { user, pass }));
const receipt = await mailer.send({
  from: user, // these four refuse a sender other than the account's own
  to: 'bob@example.net',
  subject: `By way of ${name}`,
  text: 'Host, port and TLS came from the table.',
});
console.log(receipt.state, receipt.messageId);
