import { compose } from '@posthaste/mime';
import { createMimeMessage } from 'mimetext';
import MailComposer from 'nodemailer/lib/mail-composer';
import { type Contender, race, report } from './mime-rounds.ts';

/** What every contender can be given. */
interface Sample {
  readonly from: string | { readonly name: string; readonly address: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly attachments?: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: Uint8Array;
    readonly contentId?: string;
    readonly disposition?: 'inline';
  }[];
}

const from = 'ann@example.org';
const to = 'bob@example.net';
const paragraph =
  'Liebe Grüße aus Köln, wo es heute regnet. Übermorgen kommen die Gäste, und alles wird gut.\n';
const pdf = new Uint8Array(100 * 1024).map((_, at) => (at * 31) & 255);
const png = new Uint8Array(8 * 1024).map((_, at) => (at * 17) & 255);

const tiny: Sample = { from, to, subject: 'Hello', text: 'Hello, Bob.\n' };
const alternative: Sample = {
  from: { name: 'Änne Müller', address: from },
  to,
  subject: 'Grüße aus Köln und Übermorgen mehr davon',
  text: paragraph.repeat(20),
  html: `<html><body>${`<p>${paragraph}</p>`.repeat(20)}</body></html>`,
};
const attachments = [1, 2, 3].map(number => ({
  filename: `Übersicht ${number}.pdf`,
  contentType: 'application/pdf',
  content: pdf,
}));
const full: Sample = {
  ...alternative,
  attachments: [
    ...attachments,
    {
      filename: 'logo.png',
      contentType: 'image/png',
      content: png,
      contentId: 'logo@example.org',
      disposition: 'inline',
    },
  ],
};

function throughNodemailer(message: Sample): Promise<Buffer> {
  const given = message.attachments ?? [];
  const parts = given.map(({ filename, contentType, content, contentId }) => ({
    filename,
    contentType,
    content: Buffer.from(content),
    ...(contentId === undefined ? {} : { cid: contentId }),
  }));
  const mail = new MailComposer({ ...(message as object), attachments: parts });
  return new Promise((resolve, reject) =>
    mail.compile().build((error, octets) => (error ? reject(error) : resolve(octets!))),
  );
}

function throughMimetext(message: Sample): Uint8Array {
  const mail = createMimeMessage();
  const { from: author } = message;
  mail.setSender(typeof author === 'string' ? author : { name: author.name, addr: author.address });
  mail.setRecipient(to);
  mail.setSubject(message.subject);
  // It encodes no text: left to itself it would write octets above 127 under the name of 7bit.
  const add = (contentType: string, text: string) => {
    const plain = /^[\0-\x7f]*$/.test(text);
    const data = plain
      ? text
      : Buffer.from(text)
          .toString('base64')
          .replace(/.{76}(?=.)/g, '$&\r\n');
    mail.addMessage({ contentType, data, encoding: plain ? '7bit' : 'base64' });
  };
  add('text/plain', message.text);
  if (message.html !== undefined) add('text/html', message.html);
  for (const { filename, contentType, content, disposition, contentId } of message.attachments ?? []) {
    mail.addAttachment({
      ...(disposition === 'inline' ? { inline: true, headers: { 'Content-ID': contentId! } } : {}),
      filename,
      contentType,
      data: Buffer.from(content)
        .toString('base64')
        .replace(/.{76}(?=.)/g, '$&\r\n'),
    });
  }
  return new TextEncoder().encode(mail.asRaw());
}

function contenders(message: Sample): Contender[] {
  return [
    { name: 'ours', run: () => compose(message).bytes() },
    { name: 'nodemailer', run: () => throughNodemailer(message) },
    { name: 'mimetext, base64 and wrap by hand', run: () => throughMimetext(message) },
  ];
}

/** Whole messages, fields in and octets out. */
export async function benchCompose(): Promise<void> {
  report('compose, tiny text', await race(contenders(tiny)));
  report('compose, alternative beyond ASCII', await race(contenders(alternative)));
  report('compose, alternative, 3 attachments of 100 KiB, inline image', await race(contenders(full)));
}
