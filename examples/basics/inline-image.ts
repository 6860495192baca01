// An image inside HTML, by its Content-ID.
import { createMailer } from '@posthaste/mailer';
import { decodeBase64 } from '@posthaste/mime';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

/** A red dot of five by five pixels. */
const dot = decodeBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
);

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: 'Ann <ann@example.org>',
  to: 'Bob <bob@example.net>',
  subject: 'An image in the text',
  text: 'Here is a red dot, for readers of HTML.',
  html: '<p>Here is a red dot: <img src="cid:dot@example.org" alt="a red dot"></p>',
  attachments: [{ filename: 'dot.png', contentId: 'dot@example.org', content: dot }],
});
console.log(receipt.state, receipt.messageId);
