import type { Provider } from './provider.ts';

const verifiedSender = 'verify the sending domain or address first';

/** Services that take mail from applications. */
export const sendingServices: {
  readonly [name in
    | 'brevo'
    | 'mailersend'
    | 'mailgun'
    | 'mailgun-eu'
    | 'mailjet'
    | 'mailtrap'
    | 'postmark'
    | 'resend'
    | 'sendgrid'
    | 'ses'
    | 'smtp2go']: Provider;
} = {
  sendgrid: {
    hostname: 'smtp.sendgrid.net',
    port: 465,
    tls: 'implicit',
    source: 'https://www.twilio.com/docs/sendgrid/for-developers/sending-email/integrating-with-the-smtp-api',
    setup: `create an API key with the permission Mail Send, and ${verifiedSender}`,
    advice: 'the user name is "apikey" for everyone and the password is the API key',
    user: 'apikey',
  },
  mailgun: {
    hostname: 'smtp.mailgun.org',
    port: 465,
    tls: 'implicit',
    source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-smtp',
    setup: 'create SMTP credentials for the sending domain',
    advice: 'domains in the EU region have a host of their own: provider mailgun-eu',
  },
  'mailgun-eu': {
    hostname: 'smtp.eu.mailgun.org',
    port: 465,
    tls: 'implicit',
    source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-smtp',
    setup: 'create SMTP credentials for the sending domain',
    advice: 'domains in the US region have a host of their own: provider mailgun',
  },
  postmark: {
    hostname: 'smtp.postmarkapp.com',
    port: 587,
    tls: 'starttls',
    source: 'https://postmarkapp.com/developer/user-guide/send-email-with-smtp',
    setup: `take the server's API token as user name and as password, and ${verifiedSender}`,
    advice: 'user name and password are both the server API token',
  },
  brevo: {
    hostname: 'smtp-relay.brevo.com',
    port: 465,
    tls: 'implicit',
    source: 'https://developers.brevo.com/docs/smtp-integration',
    setup: 'create an SMTP key; it is not the API key',
    advice: 'the password is an SMTP key, not the API key',
  },
  resend: {
    hostname: 'smtp.resend.com',
    port: 465,
    tls: 'implicit',
    source: 'https://resend.com/docs/send-with-smtp',
    setup: `create an API key, and ${verifiedSender}`,
    advice: 'the user name is "resend" for everyone and the password is the API key',
    user: 'resend',
  },
  mailjet: {
    hostname: 'in-v3.mailjet.com',
    port: 587,
    tls: 'starttls',
    source: 'https://dev.mailjet.com/smtp-relay/configuration/',
    setup: 'take the API key as user name and the secret key as password',
    advice: 'the user name is the API key and the password the secret key',
  },
  mailersend: {
    hostname: 'smtp.mailersend.net',
    port: 587,
    tls: 'starttls',
    source: 'https://developers.mailersend.com/smtp-relay.html',
    setup: 'verify the sending domain, then create an SMTP user on its page',
  },
  mailtrap: {
    hostname: 'live.smtp.mailtrap.io',
    port: 587,
    tls: 'starttls',
    source: 'https://docs.mailtrap.io/email-api-smtp/setup/smtp-integration',
    setup: `create an API token, and ${verifiedSender}`,
    advice: 'the user name is "api" for everyone and the password is the API token',
    user: 'api',
  },
  smtp2go: {
    hostname: 'mail.smtp2go.com',
    port: 465,
    tls: 'implicit',
    source: 'https://developers.smtp2go.com/docs/smtp-relay',
    setup: `create an SMTP user, and ${verifiedSender}`,
  },
  ses: {
    hostname: 'email-smtp.us-east-1.amazonaws.com',
    port: 465,
    tls: 'implicit',
    source: 'https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html',
    setup: `create SMTP credentials in the same region, and ${verifiedSender}; a new account is in the sandbox`,
    advice: 'it wants SMTP credentials of this very region, not an access key',
  },
};
