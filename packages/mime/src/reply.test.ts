import { expect, test } from 'vitest';
import { decodeBase64 } from './base64-decoder.ts';
import { compose } from './compose.ts';
import { forward, type ReceivedMessage, reply } from './reply.ts';

const original: ReceivedMessage = {
  from: { name: 'Bob', address: 'bob@example.net' },
  to: [
    { name: 'Ann', address: 'Ann@example.org' },
    { name: 'Team', group: [{ name: 'Carol', address: 'carol@example.com' }] },
  ],
  cc: [
    { name: '', address: 'dan@example.com' },
    { name: '', address: 'bob@example.net' },
  ],
  subject: 'Lunch',
  messageId: '<2@example.net>',
  references: '<0@example.net>\r\n <1@example.net>',
  date: 'Fri, 15 Mar 2024 10:20:30 +0000',
  text: 'Noon?\r\n> earlier\n\n-- \nBob\n\n',
};

test('answers the author, with subject, chain and quotation', () => {
  expect(reply(original, { from: 'Ann <ann@example.org>', text: 'Yes.' })).toEqual({
    from: 'Ann <ann@example.org>',
    to: [{ name: 'Bob', address: 'bob@example.net' }],
    subject: 'Re: Lunch',
    inReplyTo: '<2@example.net>',
    references: ['<0@example.net>', '<1@example.net>', '<2@example.net>'],
    text: 'Yes.\n\nOn Fri, 15 Mar 2024 10:20:30 +0000, Bob wrote:\n> Noon?\n>> earlier\n>\n> --\n> Bob',
  });
});

test('answers everyone but oneself, each once', () => {
  const { to, cc } = reply(original, { from: { address: 'ann@example.org' }, all: true });
  expect(to).toEqual([
    { name: 'Bob', address: 'bob@example.net' },
    { name: 'Carol', address: 'carol@example.com' },
  ]);
  expect(cc).toEqual([{ name: '', address: 'dan@example.com' }]);
});

test('answers where the author wants it', () => {
  const replyTo = [{ address: 'list@example.net' }];
  expect(reply({ ...original, replyTo }, { from: 'ann@example.org' }).to).toEqual([
    { name: undefined, address: 'list@example.net' },
  ]);
});

test('takes an only In-Reply-To for the chain, and none of several', () => {
  const chain = (inReplyTo: string) =>
    reply({ messageId: '<2@a.test>', inReplyTo }, { from: 'ann@example.org' }).references;
  expect(chain('<1@a.test>')).toEqual(['<1@a.test>', '<2@a.test>']);
  expect(chain('<0@a.test> <1@a.test>')).toEqual(['<2@a.test>']);
});

test('leaves out ids that are none, and keeps the others', () => {
  const received = { references: '<a@b@c> <1@example.net> <é@x.test> <x>', messageId: '<12345>' };
  const answer = reply(received, { from: 'ann@example.org' });
  expect(answer).toMatchObject({ references: ['<1@example.net>'] });
  expect(answer).not.toHaveProperty('inReplyTo');
  expect(reply({ messageId: '<12345>' }, { from: 'ann@example.org' })).not.toHaveProperty('references');
  expect(reply({ messageId: `<${'a'.repeat(998)}@x.test>` }, { from: 'ann@example.org' })).not.toHaveProperty(
    'references',
  );
  expect(compose({ ...answer, to: 'bob@example.net' }).envelope.to).toEqual(['bob@example.net']);
});

test('answers as a group, no member of which is answered', () => {
  const from = { group: 'Us', members: ['Ann <ANN@example.org>', { address: 'carol@example.com' }] };
  const { to, cc } = reply(original, { from, all: true });
  expect([to, cc]).toEqual([
    [{ name: 'Bob', address: 'bob@example.net' }],
    [{ name: '', address: 'dan@example.com' }],
  ]);
});

test('takes megabytes of white space and of angle brackets in its stride', () => {
  const length = 1_000_000;
  for (const space of [' ', '\n', '\t', '\r\n'])
    expect(reply({ text: `a${space.repeat(length)}b${space}` }, { from: 'ann@example.org' }).text).toMatch(
      /^> a.*b$/s,
    );
  const from = `${'>'.repeat(length)}\n`;
  expect(reply({}, { from }).from).toBe(from);
}, 60_000);

test.each([
  ['Re: Lunch', 'Re: Lunch'],
  ['RE: Lunch', 'RE: Lunch'],
  ['', 'Re:'],
  [undefined, 'Re:'],
])('prefixes %j once', (subject, expected) => {
  expect(reply({ subject }, { from: 'ann@example.org' }).subject).toBe(expected);
});

test('answers a message of which little is known', () => {
  expect(reply({ text: 'x', date: new Date(0) }, { from: 'ann@example.org' })).toEqual({
    from: 'ann@example.org',
    to: [],
    subject: 'Re:',
    text: 'On 1970-01-01\n> x',
  });
  expect(reply({ text: 'x', from: { address: 'bob@example.net' } }, { from: 'ann@example.org' }).text).toBe(
    'bob@example.net wrote:\n> x',
  );
  expect(reply({ text: 'x', to: [{ name: 'nobody' }] }, { from: 'ann@example.org', all: true }).to).toEqual(
    [],
  );
});

test.each([
  ['a line of 1,200 octets', `Subject: e\r\n\r\n${'x'.repeat(1200)}\n`],
  ['a NUL', 'Subject: e\n\n\0'],
])('forwards an original with %s as a file, octet for octet', async (_, text) => {
  const raw = new TextEncoder().encode(text);
  const message = forward({ subject: 'e' }, raw, { from: 'ann@example.org', to: 'eve@example.com' });
  const composed = compose(message);
  expect(composed.envelope).not.toHaveProperty('body');
  const written = new TextDecoder().decode(await composed.bytes());
  const [, encoded = ''] =
    /application\/octet-stream; name=message.eml.*?base64.*?\r\n\r\n(.*?)\r\n--/s.exec(written) ?? [];
  expect(decodeBase64(encoded)).toEqual(raw);
});

test('forwards a header in UTF-8 as what it is', async () => {
  const raw = new TextEncoder().encode('From: jörg@example.org\r\nSubject: é\r\n\r\nhi');
  const composed = compose(
    forward({ subject: 's' }, raw, { from: 'ann@example.org', to: 'eve@example.com' }),
  );
  expect(composed.envelope).toMatchObject({ body: '8bit', smtputf8: true });
  expect(new TextDecoder().decode(await composed.bytes())).toContain(
    'Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n',
  );
});

test('keeps ids with a quoted left side, whatever is in it but brackets', () => {
  const { references } = forward(
    { messageId: '<"a b"@c>', references: 'x <"\\" "@d> <e@f> <"g@h>' },
    new Uint8Array(),
    {
      from: 'ann@example.org',
      to: 'eve@example.com',
    },
  );
  expect(references).toEqual(['<"\\" "@d>', '<e@f>', '<"a b"@c>']);
});

test('forwards the original whole', async () => {
  const raw = new TextEncoder().encode('From: bob@example.net\nSubject: Lunch\n\nNoon?');
  const message = forward(original, raw, {
    from: 'ann@example.org',
    to: 'eve@example.com',
    text: 'See below.',
  });
  expect(message).toMatchObject({
    subject: 'Fwd: Lunch',
    references: ['<0@example.net>', '<1@example.net>', '<2@example.net>'],
  });
  const text = new TextDecoder().decode(await compose(message).bytes());
  expect(text).toContain(
    'Content-Disposition: attachment\r\n\r\nFrom: bob@example.net\r\nSubject: Lunch\r\n\r\nNoon?\r\n--',
  );
  expect(forward({}, raw, { from: 'ann@example.org', to: [] })).not.toHaveProperty('references');
});
