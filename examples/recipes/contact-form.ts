// A contact form. The visitor goes into Reply-To, never into From: the site has no right to that address.
// Run: node contact-form.ts SERVER PORT
import { serve } from '@hono/node-server';
import { createMailer, DeliveryError, type Mailer } from '@posthaste/mailer';
import { HeaderInjectionError, MimeError } from '@posthaste/mailer/errors';
import { Hono } from 'hono';

const page = `<!doctype html><title>Contact</title><form method="post" action="/contact">
<label>Your address <input name="email" type="email" required></label>
<label>Subject <input name="subject" required></label>
<label>Message <textarea name="message" required></textarea></label><button>Send</button></form>`;

/** The routes of a contact form that writes to one fixed address. */
export function contactForm(mailer: Mailer, to: string): Hono {
  return new Hono()
    .get('/contact', c => c.html(page))
    .get('/contact/thanks', c => c.text('Thank you, we will write back.'))
    .post('/contact', async c => {
      const form = await c.req.parseBody();
      const field = (name: string) => (typeof form[name] === 'string' ? form[name] : '').trim();
      const [email, subject, message] = [field('email'), field('subject'), field('message')];
      if (!email || !subject || !message) return c.text('Make sure all fields are entered and valid.', 400);
      try {
        await mailer.send({
          from: 'Website <website@example.org>',
          to,
          replyTo: email,
          subject: `[contact] ${subject}`,
          text: message,
        });
      } catch (error) {
        if (error instanceof HeaderInjectionError) return c.text('Invalid header found', 400);
        if (error instanceof MimeError) return c.text('Check your address.', 400);
        if (error instanceof DeliveryError) return c.text('Please try again later.', 503);
        throw error;
      }
      return c.redirect('/contact/thanks', 303);
    });
}

if (import.meta.main) {
  const [server = 'smtp://127.0.0.1:2525?tls=none', port = '8080'] = process.argv.slice(2);
  const mailer = createMailer(server);
  const { fetch } = contactForm(mailer, 'office@example.org');
  const site = serve({ fetch, hostname: '127.0.0.1', port: Number(port) }, ({ port }) =>
    console.log(`http://127.0.0.1:${port}/contact`),
  );
  process.once('SIGTERM', () => site.close(() => mailer.close()));
}
