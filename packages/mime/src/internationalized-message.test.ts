import { describe, expect, test } from 'vitest';
import { compose } from './compose.ts';
import type { ComposedMessage } from './composed-message.ts';
import type { Attachment, Message } from './message.ts';
import { messagePart, multipart, textPart } from './part.ts';
import { forward } from './reply.ts';
import { resend } from './resend.ts';

const base: Message = { from: 'ann@example.org', to: 'bob@example.net', text: 't' };
const inner = compose({ from: 'jörg@example.org', to: 'bob@example.net', smtputf8: true, text: 'x' });
const raw = new TextEncoder().encode('From: jörg@example.org\r\n\r\nx');

const textOf = async (message: ComposedMessage) => new TextDecoder().decode(await message.bytes());
const attach = (...attachments: Attachment[]) => compose({ ...base, attachments });

test.each<[string, () => ComposedMessage]>([
  ['a composed message', () => attach({ content: inner })],
  ['octets', () => attach({ content: raw, filename: 'a.eml' })],
  ['octets called message/rfc822', () => attach({ content: raw, contentType: 'message/rfc822' })],
  [
    'a message part',
    () => compose({ ...base, text: undefined, body: multipart('mixed', [messagePart(inner)]) }),
  ],
  ['a message in a message', () => attach({ content: attach({ content: inner }) })],
])('a message with UTF-8 in its header is carried as message/global: %s (RFC 6532 §3.7)', async (_, made) => {
  const composed = made();
  expect(composed.envelope).toMatchObject({ body: '8bit', smtputf8: true });
  const text = await textOf(composed);
  expect(text).toMatch(/Content-Type: multipart\/mixed;[^:]*\r\nContent-Transfer-Encoding: 8bit\r\n/);
  expect(text).toMatch(/Content-Type: message\/global[^:]*\r\nContent-Transfer-Encoding: 8bit\r\n/);
  expect(text).not.toContain('message/rfc822');
});

test('keeps binary where a message inside has both', () => {
  const attachments = [{ content: Uint8Array.of(0, 10), encoding: 'binary' as const }];
  const content = compose({ ...base, from: 'jörg@example.org', smtputf8: true, attachments });
  expect(attach({ content }).envelope).toMatchObject({ body: 'binary', smtputf8: true });
});

test('asks for SMTPUTF8 where only the header of a part is not ASCII', async () => {
  const headers = [['Reply-To', 'jörg@example.org']] as const;
  const composed = compose({ ...base, smtputf8: true, attachments: [{ content: 'a', headers }] });
  expect(composed.envelope).toMatchObject({ body: '8bit', smtputf8: true });
  expect(await textOf(composed)).toMatch(
    /Content-Type: multipart\/mixed;[^:]*\r\nContent-Transfer-Encoding: 8bit\r\n/,
  );
});

test('asks for it where a stream is declared as message/global, unless it is encoded', () => {
  const content = new Blob([raw]);
  const global = { content, contentType: 'message/global' };
  expect(attach({ ...global, encoding: '8bit' }).envelope).toMatchObject({ body: '8bit', smtputf8: true });
  for (const given of [global, { ...global, content: raw, encoding: 'base64' as const }])
    expect(attach(given).envelope).toEqual({ from: 'ann@example.org', to: ['bob@example.net'] });
});

test('asks for it nowhere else', async () => {
  const eightBit = attach({ content: new TextEncoder().encode('Subject: x\r\n\r\né'), filename: 'a.eml' });
  expect(eightBit.envelope.body).toBe('8bit');
  expect(eightBit.envelope).not.toHaveProperty('smtputf8');
  expect(await textOf(eightBit)).toContain('Content-Type: message/rfc822');
  const text = compose({ ...base, body: multipart('mixed', [textPart('é')]), text: undefined });
  expect(text.envelope).not.toHaveProperty('smtputf8');
});

describe.each([
  ['Latin-1', [0x6a, 0xf6, 0x72, 0x67]],
  ['GBK', [0xc4, 0xe3, 0xba, 0xc3]],
  ['UTF-8 that is cut off', [0x6a, 0xc3]],
])('octets of %s in a header (RFC 6532 §3.1)', (_, octets) => {
  const line = Uint8Array.of(...new TextEncoder().encode('Subject: '), ...octets);
  const original = Uint8Array.of(...line, ...new TextEncoder().encode('\r\n\r\né\r\n'));
  const addresses = { from: 'ann@example.org', to: 'bob@example.net' };
  const latin1Of = async (message: ComposedMessage) =>
    new TextDecoder('latin1').decode(await message.bytes());

  test.each<[string, () => ComposedMessage]>([
    ['attached', () => attach({ content: original, filename: 'a.eml' })],
    ['forwarded', () => compose(forward({}, original, addresses))],
    ['resent', () => resend(original, addresses)],
  ])('make no message/global of a message that is %s', async (_, made) => {
    const composed = made();
    expect(composed.envelope.body).toBe('8bit');
    expect(composed.envelope).not.toHaveProperty('smtputf8');
    const text = await latin1Of(composed);
    expect(text).toContain(new TextDecoder('latin1').decode(original));
    expect(text).not.toContain('message/global');
  });
});
