// Asks somebody to confirm an address: a link that only its mailbox knows, that nobody can forge, and that expires.
// Run: CONFIRM_SECRET=… node confirm-address.ts SERVER ADDRESS NAME
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createMailer, type Mailer } from '@posthaste/mailer';

const site = 'https://www.example.org';
const validMs = 24 * 60 * 60 * 1000;

/** A token that names the address and when it expires, signed. */
export function confirmationToken(address: string, secret: string, expiresAt = Date.now() + validMs): string {
  const claim = Buffer.from(JSON.stringify([address, expiresAt])).toString('base64url');
  return `${claim}.${signature(claim, secret).toString('base64url')}`;
}

/** The address that a token confirms; undefined when it was tampered with, made up, or is too old. */
export function confirmedAddress(token: string, secret: string, now = Date.now()): string | undefined {
  const [claim = '', mac = ''] = token.split('.');
  const expected = signature(claim, secret);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [address, expiresAt] = JSON.parse(Buffer.from(claim, 'base64url').toString()) as [string, number];
  return now < expiresAt ? address : undefined;
}

/** Writes to the address, and to nobody else, whatever it holds. */
export async function askForConfirmation(
  mailer: Mailer,
  { address, name, secret }: { readonly address: string; readonly name: string; readonly secret: string },
): Promise<void> {
  const link = `${site}/confirm?token=${confirmationToken(address, secret)}`;
  await mailer.send({
    from: 'Example <noreply@example.org>',
    to: { name, address },
    subject: 'Please confirm your address',
    autoSubmitted: 'auto-generated',
    text: `Hello ${name},\n\nopen this link within a day to confirm your address:\n\n${link}\n\nWas it not you? Then do nothing.\n`,
    html: `<p>Hello ${escapeHtml(name)},</p>
<p>open this link within a day to confirm your address:</p>
<p><a href="${escapeHtml(link)}">Confirm ${escapeHtml(address)}</a></p>
<p>Was it not you? Then do nothing.</p>`,
  });
}

function signature(claim: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(claim).digest();
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A visitor chose the name, so it may hold anything. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, mark => marks[mark]!);
}

if (import.meta.main) {
  const [server = '', address = '', name = ''] = process.argv.slice(2);
  const { CONFIRM_SECRET: secret } = process.env;
  if (!secret) throw new Error('Set CONFIRM_SECRET to a long random text');
  await using mailer = createMailer(server);
  await askForConfirmation(mailer, { address, name, secret });
  console.log('asked');
}
