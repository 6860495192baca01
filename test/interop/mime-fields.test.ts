import { createHash } from 'node:crypto';
import { type ComposedMessage, compose, type Message, multipart, textPart } from '@posthaste/mime';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { type PythonPart, parseWithPython } from '../peer/python-email/parse.ts';

const png = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  c => c.charCodeAt(0),
);
const binary = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) >> 3);
const date = new Date('2024-03-15T10:20:30Z');
const sha256 = (bytes: Uint8Array | ArrayBuffer) =>
  createHash('sha256')
    .update(new Uint8Array(bytes as ArrayBuffer))
    .digest('hex');

const message: Message = {
  from: { name: 'Jörg Müller-Lüdenscheidt', address: 'joerg@example.org' },
  sender: 'office@example.org',
  replyTo: { name: 'Smith, "J"', address: 'reply@example.org' },
  to: [
    { group: 'Gäste', members: [{ name: '王小明', address: 'wang@example.net' }] },
    'Ann Example <ann@example.net>',
  ],
  cc: { name: '🚀 Rocket Team (all)', address: 'rocket@bücher.example' },
  bcc: 'secret@example.com',
  subject: 'Grüße aus Köln — 漢字仮名交じり文 🚀 and then a rather long remainder in ASCII',
  date,
  messageId: '<fields@example.org>',
  text: 'Grüße\nTrailing space \n.\nFrom here\n',
  html: '<p>Grüße <img src="cid:logo@example.org"></p>\n',
  headers: { 'X-Given': 'über 5 €' },
  attachments: [
    { filename: '测试 "报告" 100%.pdf', content: binary, description: 'Der Bericht' },
    { filename: 'logo.png', content: png, contentId: 'logo@example.org' },
    { filename: `${'x'.repeat(200)}.bin`, content: new Blob([binary]) },
    { filename: 'stream.bin', content: new Blob([binary]).stream() },
    { filename: 'notes.txt', content: 'a\r\nb\r\n' },
    { content: compose({ from: 'inner@example.org', subject: 'Innen', text: 'ü' }) },
  ],
};
const files = ['测试 "报告" 100%.pdf', `${'x'.repeat(200)}.bin`, 'stream.bin', 'notes.txt'];
const hashes = [
  sha256(binary),
  sha256(binary),
  sha256(binary),
  sha256(new TextEncoder().encode('a\r\nb\r\n')),
];

const composed: ComposedMessage = compose(message);
const bytes = await composed.bytes();

test('Python reads every field as it was given', async () => {
  const [parsed] = await parseWithPython([bytes]);
  expect(parsed).toMatchObject({
    subject: message.subject,
    date: date.getTime() / 1000,
    messageId: '<fields@example.org>',
    From: [{ name: 'Jörg Müller-Lüdenscheidt', address: 'joerg@example.org' }],
    Sender: [{ name: '', address: 'office@example.org' }],
    'Reply-To': [{ name: 'Smith, "J"', address: 'reply@example.org' }],
    To: [
      { name: '王小明', address: 'wang@example.net', group: 'Gäste' },
      { name: 'Ann Example', address: 'ann@example.net', group: null },
    ],
    Cc: [{ name: '🚀 Rocket Team (all)', address: 'rocket@xn--bcher-kva.example' }],
    values: { 'X-Given': ['über 5 €'] },
  });
  expect(parsed?.names).toEqual([
    'From',
    'Sender',
    'Reply-To',
    'To',
    'Cc',
    'Subject',
    'Date',
    'Message-ID',
    'X-Given',
    'MIME-Version',
    'Content-Type',
  ]);
  const shape = (part: PythonPart): string =>
    part.parts.length ? `${part.type}(${part.parts.map(shape).join()})` : part.type;
  expect(shape(parsed!.part)).toBe(
    'multipart/mixed(multipart/alternative(text/plain,multipart/related(text/html,image/png)),application/pdf,application/octet-stream,application/octet-stream,text/plain,message/rfc822(text/plain))',
  );
  const [body, pdf, blob, stream, notes, inner] = parsed!.part.parts;
  expect(body?.parts[0]?.text).toBe('Grüße\r\nTrailing space \r\n.\r\nFrom here\r\n');
  expect(body?.parts[1]?.parts[0]?.text).toBe('<p>Grüße <img src="cid:logo@example.org"></p>\r\n');
  expect(body?.parts[1]?.parts[1]).toMatchObject({
    filename: 'logo.png',
    contentId: '<logo@example.org>',
    disposition: 'inline',
    sha256: sha256(png),
  });
  expect([pdf, blob, stream, notes].map(part => part?.filename)).toEqual(files);
  expect([pdf, blob, stream, notes].map(part => part?.sha256)).toEqual(hashes);
  expect(pdf).toMatchObject({ disposition: 'attachment', description: 'Der Bericht' });
  expect(inner?.parts[0]?.text).toBe('ü');
  const defects = (part: PythonPart): readonly string[] => [...part.defects, ...part.parts.flatMap(defects)];
  expect(defects(parsed!.part)).toEqual([]);
});

test('postal-mime reads every field as it was given', async () => {
  const parsed = await PostalMime.parse(bytes, { forceRfc822Attachments: true });
  expect(parsed).toMatchObject({
    subject: message.subject,
    date: date.toISOString(),
    messageId: '<fields@example.org>',
    from: { name: 'Jörg Müller-Lüdenscheidt', address: 'joerg@example.org' },
    to: [
      { name: 'Gäste', group: [{ name: '王小明', address: 'wang@example.net' }] },
      { name: 'Ann Example', address: 'ann@example.net' },
    ],
    cc: [{ name: '🚀 Rocket Team (all)' }],
    // It adds a line end of its own to what a multipart holds.
    text: 'Grüße\nTrailing space \n.\nFrom here\n\n',
    html: '<p>Grüße <img src="cid:logo@example.org"></p>\n\n',
  });
  const attached = parsed.attachments.filter(
    ({ disposition, mimeType }) => disposition === 'attachment' && mimeType !== 'message/rfc822',
  );
  expect(attached.map(({ filename }) => filename)).toEqual(files);
  expect(attached.slice(0, 3).map(({ content }) => sha256(content as ArrayBuffer))).toEqual(
    hashes.slice(0, 3),
  );
  expect(parsed.headers.filter(({ key }) => key === 'bcc')).toEqual([]);
});

test('mailparser reads every field as it was given', async () => {
  const parsed = await simpleParser(Buffer.from(bytes), { skipImageLinks: true });
  expect(parsed.subject).toBe(message.subject);
  expect(parsed.date).toEqual(date);
  expect(parsed.from?.value).toEqual([{ name: 'Jörg Müller-Lüdenscheidt', address: 'joerg@example.org' }]);
  expect(parsed.text).toBe('Grüße\nTrailing space \n.\nFrom here\n');
  expect(parsed.html).toBe('<p>Grüße <img src="cid:logo@example.org"></p>\n');
  const attached = parsed.attachments.filter(
    ({ contentDisposition, contentType }) =>
      contentDisposition === 'attachment' && contentType !== 'message/rfc822',
  );
  expect(attached.map(({ filename }) => filename)).toEqual(files);
  expect(attached.map(({ content }) => sha256(content))).toEqual(hashes);
  expect(parsed.headers.has('bcc')).toBe(false);
});

test('the part tree arrives as it was built', async () => {
  const report = multipart('report', [textPart('It failed.'), textPart('<b>It failed.</b>', 'html')], {
    'report-type': 'delivery-status',
    boundary: 'own boundary',
  });
  report
    .addHeader('From', 'Jörg <j@example.org>')
    .addHeader('Subject', 'Über')
    .addHeader('To', 'a@example.net, "B, C" <b@example.net>');
  const [parsed] = await parseWithPython([await report.compose().bytes(), await report.bytes()]);
  expect(parsed).toMatchObject({
    subject: 'Über',
    From: [{ name: 'Jörg', address: 'j@example.org' }],
    To: [
      { name: '', address: 'a@example.net' },
      { name: 'B, C', address: 'b@example.net' },
    ],
    part: {
      type: 'multipart/report',
      parts: [{ type: 'text/plain', text: 'It failed.' }, { type: 'text/html' }],
    },
  });
});
