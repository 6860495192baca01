import { type Case, equal, newAddress, type Subject } from './case.ts';

const from = 'Ann Müller <ann@example.org>';

async function onlyMessage(subject: Subject, recipient: string): Promise<string> {
  const delivered = await subject.delivered(recipient);
  equal(delivered.length, 1, 'messages delivered');
  return delivered[0]!.content;
}

/** What arrives, and what the receipt says about it. */
export const delivery: readonly Case[] = [
  {
    name: 'a text message arrives, and its receipt says so',
    async run(subject) {
      const to = newAddress('bob');
      const mailer = subject.mailer('plain');
      const receipt = await mailer.send({ from, to, subject: 'Grüße 🚀', text: 'Hello\nBob\n' });
      await mailer.close();

      equal(receipt.state, 'accepted', 'state');
      equal(
        receipt.recipients.map(each => each.state),
        ['accepted'],
        'recipients',
      );
      const content = await onlyMessage(subject, to);
      equal(content.endsWith('\r\n\r\nHello\r\nBob\r\n'), true, 'body as written');
      equal(content.includes(`Message-ID: ${receipt.messageId}`), true, 'Message-ID of the receipt');
    },
  },
  {
    name: 'ready-made octets arrive as they are, lone dots and all',
    async run(subject) {
      const to = newAddress('bob');
      const raw = 'Subject: Dots\r\n\r\n.\r\n..\r\n.leading\r\ntrailing.\r\n.\r\n';
      const mailer = subject.mailer('plain');
      await mailer.send({
        raw: new TextEncoder().encode(raw),
        envelope: { from: 'ann@example.org', to: [to] },
      });
      await mailer.close();
      equal(await onlyMessage(subject, to), raw, 'content');
    },
  },
  {
    name: 'an attachment arrives octet for octet',
    async run(subject) {
      const to = newAddress('bob');
      const content = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31 + (at >> 8)) & 255);
      const mailer = subject.mailer('plain');
      await mailer.send({
        from,
        to,
        subject: 'Octets',
        text: 'x',
        attachments: [{ filename: 'a.bin', content }],
      });
      await mailer.close();

      const message = await onlyMessage(subject, to);
      const encoded = message.slice(message.indexOf('a.bin')).split('\r\n\r\n')[1]!.split('\r\n--')[0]!;
      const decoded = Uint8Array.from(atob(encoded.replaceAll('\r\n', '')), octet => octet.charCodeAt(0));
      equal(decoded.length, content.length, 'octets');
      equal(
        decoded.every((octet, at) => octet === content[at]),
        true,
        'every octet',
      );
    },
  },
  {
    name: 'a message of 2 MiB arrives whole, and progress is told',
    async run(subject) {
      const to = newAddress('bob');
      const line = `${'x'.repeat(70)}\n`;
      const steps: number[] = [];
      const mailer = subject.mailer('plain');
      const receipt = await mailer.send(
        { from, to, subject: 'Long', text: line.repeat(30_000) },
        { onProgress: progress => steps.push(progress.sentOctets) },
      );
      await mailer.close();

      equal(receipt.state, 'accepted', 'state');
      equal(
        (await onlyMessage(subject, to)).split('\r\n').filter(each => each === line.trim()).length,
        30_000,
        'lines',
      );
      equal(steps.length > 2, true, 'several steps of progress');
      equal(
        steps.every((step, at) => at === 0 || step >= steps[at - 1]!),
        true,
        'progress never goes back',
      );
    },
  },
  {
    name: 'three messages ride one connection',
    async run(subject) {
      const recipients = ['one', 'two', 'three'].map(newAddress);
      const mailer = subject.mailer('plain');
      for (const to of recipients) await mailer.send({ from, to, subject: 'Again', text: to });
      await mailer.close();
      for (const to of recipients) equal((await onlyMessage(subject, to)).includes(to), true, to);
    },
  },
];
