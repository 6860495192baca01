import { expect, test } from 'vitest';
import { compose } from './compose.ts';
import { resend } from './resend.ts';

const options = { now: new Date('2024-03-15T10:20:30Z'), random: (octets: number) => new Uint8Array(octets) };
const resending = {
  from: 'Änn <ann@example.org>',
  to: 'eve@example.com',
  cc: 'c@example.com',
  bcc: 'secret@example.com',
  messageId: '<9@example.org>',
};
const raw = 'From: bob@example.net\nSubject: Lunch\n\nNoon?\n';

test('puts Resent fields before the message and changes nothing in it', async () => {
  const composed = resend(new TextEncoder().encode(raw), resending, options);
  expect(composed.envelope).toEqual({
    from: 'ann@example.org',
    to: ['eve@example.com', 'c@example.com', 'secret@example.com'],
  });
  expect(composed.messageId).toBe('<9@example.org>');
  expect(new TextDecoder().decode(await composed.bytes())).toBe(
    [
      'Resent-From: =?utf-8?q?=C3=84nn?= <ann@example.org>',
      'Resent-To: eve@example.com',
      'Resent-Cc: c@example.com',
      'Resent-Date: Fri, 15 Mar 2024 10:20:30 +0000',
      'Resent-Message-ID: <9@example.org>',
      'From: bob@example.net',
      'Subject: Lunch',
      '',
      'Noon?',
      '',
    ].join('\r\n'),
  );
});

test('resends a composed message, stream and all', async () => {
  const composed = compose({ from: 'a@example.org', attachments: [{ content: new Blob(['x']) }] }, options);
  const again = resend(composed, { ...resending, sender: 'office@example.org' }, options);
  const text = new TextDecoder().decode(await again.bytes());
  expect(text).toContain('Resent-Sender: office@example.org\r\n');
  expect(text.endsWith(new TextDecoder().decode(await composed.bytes()))).toBe(true);
  expect(again.size).toBe(text.length);
});

test('says 8bit where the original is', () => {
  expect(resend(Uint8Array.of(0x41, 0x3a, 0xe9, 10), resending).envelope.body).toBe('8bit');
});

test('refuses what is no message on the wire', () => {
  expect(() => resend(Uint8Array.of(0), resending)).toThrow(
    expect.objectContaining({ code: 'invalid-encoding', field: 'original' }),
  );
});

test('writes an address that needs SMTPUTF8 nowhere unasked', () => {
  expect(() => resend(new Uint8Array(0), { ...resending, to: 'δ@example.org' })).toThrow(
    expect.objectContaining({ code: 'smtputf8-required' }),
  );
});
