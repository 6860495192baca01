import { createMailer } from '@posthaste/mailer';

/** What a program sends from and to, as its one argument says. */
export interface Errand {
  readonly port: number;
  readonly ca: string;
  readonly clientName?: string;
}

// Environment variables would be another permission.
const { ca, ...errand } = JSON.parse(process.argv.at(-1)!) as Errand;
await using mailer = createMailer({ ...errand, hostname: 'localhost', tls: 'starttls', tlsOptions: { ca } });
await mailer.send({
  from: 'ann@example.org',
  to: 'bob@example.net',
  subject: 'Permitted',
  text: 'Hello, Bob',
});
