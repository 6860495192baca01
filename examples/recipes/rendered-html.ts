// HTML that a renderer made, sent with a text form beside it. Whatever gives a string will do:
//   npx mjml welcome.mjml -s | node rendered-html.ts SERVER
//   const html = await render(<Welcome name="Bob" />);   // React Email
import { text as read } from 'node:stream/consumers';
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

/** The text of a page, good enough for readers without HTML; a renderer that makes its own makes a better one. */
function plainText(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<(head|style|script)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(/<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)<\/a>/gi, '$2 ($1)')
    .replace(/<br[^>]*>|<\/(p|div|h\d|li|tr|table)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|nbsp|#39|#x27);/g, entity => entities[entity] ?? entity)
    .replace(/ *\n[ \n]*/g, '\n')
    .trim();
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&nbsp;': ' ',
  '&#39;': "'",
  '&#x27;': "'",
};

const html = await read(process.stdin);
const subject = /<title>([^<]*)<\/title>/i.exec(html)?.[1]?.trim() || 'Welcome';

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: 'Shop <shop@example.org>',
  to: 'bob@example.net',
  subject: plainText(subject),
  text: plainText(html),
  html, // as long as its lines may be: they are encoded for the way
});
console.log(receipt.state, receipt.messageId);
