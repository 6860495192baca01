import { describe, expect, test } from 'vitest';
import { compose } from './compose.ts';
import type { ComposedMessage } from './composed-message.ts';
import type { Address } from './message.ts';
import { resend } from './resend.ts';

const options = { now: new Date('2024-03-15T10:20:30Z'), random: (octets: number) => new Uint8Array(octets) };
const resending = {
  from: 'Änn <ann@example.org>',
  to: 'eve@example.com',
  cc: 'c@example.com',
  bcc: 'secret@example.com',
  messageId: '<9@example.org>',
};
const textOf = async (message: ComposedMessage) => new TextDecoder().decode(await message.bytes());
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

test.each<[string, Address]>([
  ['a display name', { name: 'MIME-Version: 1', address: 'ann@example.org' }],
  ['a display name that is encoded', { name: 'MIME-Version: 1 é', address: 'ann@example.org' }],
  ['a name in text', '"MIME-Version: 1" <ann@example.org>'],
])('keeps its header whole where %s looks like a field', async (_, from) => {
  const text = await textOf(resend(new TextEncoder().encode(raw), { ...resending, from }, options));
  expect(text).toMatch(/^Resent-From: /);
  expect(text).toContain(
    '\r\nResent-Message-ID: <9@example.org>\r\nFrom: bob@example.net\r\nSubject: Lunch\r\n',
  );
});

describe('SMTPUTF8 (RFC 6531)', () => {
  const utf8Raw = new TextEncoder().encode('From: jörg@example.org\r\nSubject: é\r\n\r\nx');

  test('is asked for where the original needs it', () => {
    const inner = compose(
      { from: 'jörg@example.org', to: 'bob@example.net', smtputf8: true, text: 'x' },
      options,
    );
    for (const original of [inner, utf8Raw])
      expect(resend(original, resending, options).envelope).toMatchObject({ smtputf8: true, body: '8bit' });
    const utf8Body = new TextEncoder().encode('Subject: e\r\n\r\né');
    expect(resend(utf8Body, resending, options).envelope).not.toHaveProperty('smtputf8');
  });

  test('is asked for where the new sender or recipient needs it', async () => {
    const again = resend(
      new TextEncoder().encode(raw),
      { ...resending, from: 'jörg@example.org', smtputf8: true },
      options,
    );
    expect(again.envelope).toMatchObject({ from: 'jörg@example.org', smtputf8: true });
    expect(await textOf(again)).toMatch(/^Resent-From: jörg@example.org\r\nResent-To: eve@example.com\r\n/);
    expect(again.size).toBe((await again.bytes()).length);
  });
});

test.each([
  ['a bare CR in its header', 'Subject: e\rX-Evil: 1\r\rbody\r\n\r\nx', 'control-character'],
  ['a bare CR at the end of its header', 'Subject: e\r', 'control-character'],
  [
    'the From line of an mbox',
    'From a@example.org Fri Mar 15 10:20:30 2024\r\nFrom: a@example.org\r\n\r\nx',
    'invalid-header',
  ],
  ['white space before its first field', ' x\r\nFrom: a@example.org\r\n\r\nx', 'invalid-header'],
  ['a line of 999 octets', `Subject: e\r\n\r\n${'x'.repeat(999)}`, 'invalid-encoding'],
])('refuses an original with %s', (_, original, code) => {
  expect(() => resend(new TextEncoder().encode(original), resending, options)).toThrow(
    expect.objectContaining({ code, field: 'original' }),
  );
});

test('takes an original without fields, or with a bare CR in its body', () => {
  for (const original of ['', '\r\nbody', '\nbody', 'Subject : e\n\na\rb'])
    expect(resend(new TextEncoder().encode(original), resending, options).envelope.from).toBe(
      'ann@example.org',
    );
});

test('writes an address that needs SMTPUTF8 nowhere unasked', () => {
  expect(() => resend(new Uint8Array(0), { ...resending, to: 'δ@example.org' })).toThrow(
    expect.objectContaining({ code: 'smtputf8-required' }),
  );
});
