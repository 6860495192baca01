import { describe, expect, test } from 'vitest';
import { compose } from './compose.ts';
import { HeaderInjectionError, MimeError } from './error.ts';
import type { Attachment, Message } from './message.ts';

const base: Message = { from: 'Ann <ann@example.org>', to: 'bob@example.net', subject: 'Hi', text: 'Hello.' };
const now = new Date('2024-03-15T10:20:30Z');
/** Octets that differ from call to call, and not from run to run. */
function counter(): (octets: number) => Uint8Array {
  let calls = 0;
  return octets => new Uint8Array(octets).fill(++calls);
}

async function text(message: Message, options = {}): Promise<string> {
  return new TextDecoder().decode(await compose(message, { now, random: counter(), ...options }).bytes());
}

const lines = async (message: Message, options = {}) => (await text(message, options)).split('\r\n');

function refusal(message: unknown, options = {}): MimeError {
  try {
    compose(message as Message, options);
  } catch (error) {
    if (error instanceof MimeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('compose', () => {
  test('writes a plain message in full', async () => {
    expect(await text(base)).toBe(
      [
        'From: Ann <ann@example.org>',
        'To: bob@example.net',
        'Subject: Hi',
        'Date: Fri, 15 Mar 2024 10:20:30 +0000',
        'Message-ID: <ltsid2uo.01010101010101010101010101010101@example.org>',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        'Hello.',
      ].join('\r\n'),
    );
  });

  test('gives the same octets for the same message, clock and randomness', async () => {
    const message: Message = {
      ...base,
      html: '<p>Hi</p>',
      attachments: [{ filename: 'a.bin', content: new Uint8Array(100) }],
    };
    expect(await text(message)).toBe(await text(message));
    const composed = compose(message);
    expect(await composed.bytes()).toEqual(await composed.bytes());
  });

  test('makes ids that nobody can guess where no randomness is given', () => {
    const ids = new Set(Array.from({ length: 100 }, () => compose(base, { now }).messageId));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^<[a-z0-9]+\.[a-f0-9-]{32,36}@example\.org>$/);
  });

  test('makes ids where a page has no secure context', () => {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    try {
      expect(compose(base).messageId).toMatch(/^<[a-z0-9]+\.[a-f0-9]{32}@example\.org>$/);
    } finally {
      Reflect.deleteProperty(crypto, 'randomUUID');
    }
  });

  test('writes the date in the zone asked for', async () => {
    expect(await text(base, { timeZone: '+02:00' })).toContain(
      '\r\nDate: Fri, 15 Mar 2024 12:20:30 +0200\r\n',
    );
  });

  test('tells the envelope: sender first, recipients once, Bcc unwritten', async () => {
    const message: Message = {
      ...base,
      sender: 'office@example.org',
      to: ['bob@example.net', { group: 'G', members: ['carol@example.com', 'bob@example.net'] }],
      cc: { name: 'Dan', address: 'dan@example.com' },
      bcc: ['secret@example.com', 'dan@example.com'],
    };
    const composed = compose(message);
    expect(composed.envelope).toEqual({
      from: 'office@example.org',
      to: ['bob@example.net', 'carol@example.com', 'dan@example.com', 'secret@example.com'],
    });
    expect(await text(message)).not.toMatch(/secret|bcc/i);
  });

  test('writes a group of nobody and no empty address field', async () => {
    const written = await text({ ...base, to: { group: 'Undisclosed', members: [] }, cc: [] });
    expect(written).toContain('\r\nTo: Undisclosed:;\r\n');
    expect(written).not.toContain('Cc:');
  });

  test('maps domains in header and envelope alike', async () => {
    const message: Message = { ...base, to: 'post@bücher.example' };
    expect(compose(message).envelope.to).toEqual(['post@xn--bcher-kva.example']);
    expect(await text(message)).toContain('To: post@xn--bcher-kva.example\r\n');
    expect(compose(message, { mapDomain: () => 'mapped.test' }).envelope.to).toEqual(['post@mapped.test']);
    expect(refusal(message, { mapDomain: () => 'a/b' }).code).toBe('invalid-domain');
  });

  test('says smtputf8 only where an address needs it', async () => {
    const message: Message = { ...base, smtputf8: true };
    expect(compose(message).envelope).not.toHaveProperty('smtputf8');
    const international: Message = { ...message, to: 'δοκιμή@example.org' };
    expect(compose(international).envelope).toEqual({
      from: 'ann@example.org',
      to: ['δοκιμή@example.org'],
      smtputf8: true,
    });
    const bytes = await compose(international).bytes();
    expect(compose(international).size).toBe(bytes.length);
    expect(new TextDecoder().decode(bytes)).toContain('To: δοκιμή@example.org\r\n');
    expect(compose({ ...message, bcc: 'δοκιμή@example.org' }).envelope.smtputf8).toBe(true);
  });

  test('writes helpers as fields', async () => {
    const written = await lines({
      ...base,
      replyTo: ['reply@example.org'],
      inReplyTo: '<1@example.net>',
      references: ['<0@example.net>', '<1@example.net>'],
      priority: 'high',
      autoSubmitted: 'auto-generated',
      readReceiptTo: 'ann@example.org',
      deliveryReceiptTo: 'ann@example.org',
      list: {
        id: { name: 'News', id: 'news.example.org' },
        unsubscribe: ['https://example.org/u/1', 'mailto:u@example.org'],
        oneClick: true,
        help: 'mailto:help@example.org',
        post: 'NO',
      },
    });
    for (const line of [
      'Reply-To: reply@example.org',
      'In-Reply-To: <1@example.net>',
      'References: <0@example.net> <1@example.net>',
      'Disposition-Notification-To: ann@example.org',
      'Return-Receipt-To: ann@example.org',
      'List-Id: News <news.example.org>',
      'List-Unsubscribe: <https://example.org/u/1>, <mailto:u@example.org>',
      'List-Help: <mailto:help@example.org>',
      'List-Post: NO',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      'X-Priority: 1 (Highest)',
      'Priority: urgent',
      'Importance: high',
      'Auto-Submitted: auto-generated',
    ])
      expect(written).toContain(line);
  });

  test.each([
    ['low', '5 (Lowest)'],
    ['normal', '3 (Normal)'],
  ] as const)('writes priority %s', async (priority, written) => {
    expect(await text({ ...base, priority })).toContain(`X-Priority: ${written}\r\n`);
  });

  test('reads references given as one string', async () => {
    expect(await text({ ...base, references: ' <a@b.test>  <c@d.test>', inReplyTo: [] })).toContain(
      '\r\nReferences: <a@b.test> <c@d.test>\r\n',
    );
  });

  test('lets an own field replace a generated one, never both', async () => {
    const headers = {
      To: 'Everyone <list@example.org>',
      Subject: 'Mine',
      Date: 'Fri, 21 Nov 1997 09:55:06 -0600',
      'Message-ID': '<mine@example.org>',
      References: '<a@b.test>',
      'X-Priority': '2',
    };
    const message: Message = { ...base, references: ['<x@y.test>'], priority: 'high', headers };
    const written = await text(message);
    for (const [name, value] of Object.entries(headers)) {
      expect(written.match(new RegExp(`^${name}: .*$`, 'gm'))).toEqual([`${name}: ${value}`]);
    }
    expect(compose(message).envelope.to).toEqual(['bob@example.net']);
    expect(compose(message).messageId).toBe('<mine@example.org>');
  });

  test('takes addresses from own fields where the message names none', () => {
    const { envelope } = compose({
      headers: [
        ['From', 'Ann <ann@example.org>'],
        ['To', 'bob@example.net, c@example.com'],
        ['Sender', 's@example.org'],
      ],
    });
    expect(envelope).toEqual({ from: 's@example.org', to: ['bob@example.net', 'c@example.com'] });
  });

  test.each<[string, unknown, string, string]>([
    ['no message', undefined, 'invalid-type', 'message'],
    ['no author', { to: 'bob@example.net' }, 'missing-from', 'from'],
    ['an empty author', { ...base, from: [] }, 'missing-from', 'from'],
    [
      'two authors and no sender',
      { ...base, from: ['a@example.org', 'b@example.org'] },
      'missing-sender',
      'sender',
    ],
    ['two senders', { ...base, sender: ['a@example.org', 'b@example.org'] }, 'invalid-address', 'sender'],
    ['a group as sender', { ...base, sender: { group: 'G', members: [] } }, 'invalid-address', 'sender'],
    [
      'a group with a member as sender',
      { ...base, sender: { group: 'G', members: ['a@example.org'] } },
      'invalid-address',
      'sender',
    ],
    [
      'two senders in a field',
      { ...base, headers: { 'Resent-Sender': 'a@example.org, b@example.org' } },
      'invalid-address',
      'Resent-Sender',
    ],
    [
      'authors of a field who are nobody',
      { ...base, headers: { 'Resent-From': 'G:;' } },
      'invalid-address',
      'Resent-From',
    ],
    ['an empty address field', { from: base.from, headers: { To: '' } }, 'invalid-address', 'To'],
    ['a blank address field', { ...base, headers: { 'Reply-To': '  ' } }, 'invalid-address', 'Reply-To'],
    [
      'a group without a name',
      { ...base, to: { group: '', members: ['a@example.org'] } },
      'invalid-address',
      'to.group',
    ],
    [
      'a group with a blank name',
      { ...base, cc: [{ group: ' ', members: [] }] },
      'invalid-address',
      'cc[0].group',
    ],
    [
      'two message ids',
      { ...base, headers: { 'Message-ID': '<a@b.test> <c@d.test>' } },
      'invalid-message-id',
      'Message-ID',
    ],
    [
      'two message ids of a sender on the way',
      { ...base, headers: { 'Resent-Message-ID': '<a@b.test> <c@d.test>' } },
      'invalid-message-id',
      'Resent-Message-ID',
    ],
    [
      'a field twice that stands once',
      {
        ...base,
        headers: [
          ['Subject', 'a'],
          ['subject', 'b'],
        ],
      },
      'duplicate-header',
      'subject',
    ],
    [
      'a content field of the message beside that of its only part',
      {
        from: base.from,
        headers: { 'Content-Language': 'de' },
        alternatives: [{ contentType: 'text/html', content: '', headers: { 'Content-Language': 'en' } }],
      },
      'duplicate-header',
      'Content-Language',
    ],
    ['a number as subject', { ...base, subject: 5 }, 'invalid-type', 'subject'],
    ['an invalid date', { ...base, date: new Date('x') }, 'invalid-date', 'date'],
    ['a message id without brackets', { ...base, messageId: 'a@b.test' }, 'invalid-message-id', 'messageId'],
    ['a message id beyond ASCII', { ...base, messageId: '<ä@b.test>' }, 'invalid-message-id', 'messageId'],
    [
      'a message id too long for a line',
      { ...base, messageId: `<${'a'.repeat(1000)}@b.test>` },
      'line-too-long',
      'messageId',
    ],
    [
      'a reference with a space',
      { ...base, references: ['<a b@c.test>'] },
      'invalid-message-id',
      'references',
    ],
    ['an unknown priority', { ...base, priority: 'constructor' }, 'invalid-option', 'priority'],
    ['a path as list URL', { ...base, list: { help: '/etc/passwd' } }, 'invalid-header', 'list.help'],
    [
      'one click without https',
      { ...base, list: { unsubscribe: 'mailto:u@example.org', oneClick: true } },
      'invalid-header',
      'list.unsubscribe',
    ],
    [
      'one click with two URLs to post to',
      { ...base, list: { unsubscribe: ['https://a.example/', 'http://b.example/'], oneClick: true } },
      'invalid-header',
      'list.unsubscribe',
    ],
    [
      'one click beside an own field',
      {
        ...base,
        list: { unsubscribe: 'https://a.example/', oneClick: true },
        headers: { 'List-Unsubscribe': '<mailto:u@example.org>' },
      },
      'duplicate-header',
      'List-Unsubscribe',
    ],
    ['a list id of one label', { ...base, list: { id: 'news' } }, 'invalid-header', 'List-Id'],
    ['a list id that ends in a dot', { ...base, list: { id: 'news.' } }, 'invalid-header', 'List-Id'],
    ['one click without a URL', { ...base, list: { oneClick: true } }, 'invalid-header', 'list.unsubscribe'],
    [
      'a part of one’s own with a control in its type',
      {
        ...base,
        text: undefined,
        body: { type: 'a/b\r\nX: y', parameters: [], content: '', fields: () => '' },
      },
      'control-character',
      'body',
    ],
    ['body and text', { ...base, body: {} }, 'invalid-content', 'body'],
    ['text that is a number', { ...base, text: 5 }, 'invalid-content', 'text'],
    [
      'a string in another charset',
      { ...base, text: { content: 'ü', charset: 'iso-8859-1' } },
      'invalid-content',
      'text',
    ],
    [
      'an attachment that is a path',
      { ...base, attachments: ['/etc/passwd'] },
      'invalid-content',
      'attachments[0].content',
    ],
    [
      'an attachment by path',
      { ...base, attachments: [{ path: '/etc/passwd' }] },
      'invalid-content',
      'attachments[0].content',
    ],
    [
      'an attachment that is null',
      { ...base, attachments: [null] },
      'invalid-content',
      'attachments[0].content',
    ],
    [
      'a filename with a slash',
      { ...base, attachments: [{ filename: '../x', content: '' }] },
      'invalid-filename',
      'attachments[0].filename',
    ],
    [
      'a filename with a backslash',
      { ...base, attachments: [{ filename: 'a\\b', content: '' }] },
      'invalid-filename',
      'attachments[0].filename',
    ],
    [
      'a filename that is a folder',
      { ...base, attachments: [{ filename: '..', content: '' }] },
      'invalid-filename',
      'attachments[0].filename',
    ],
    [
      'an empty filename',
      { ...base, attachments: [{ filename: '', content: '' }] },
      'invalid-filename',
      'attachments[0].filename',
    ],
    [
      'a bad content type',
      { ...base, attachments: [{ contentType: 'pdf', content: '' }] },
      'invalid-content-type',
      'attachments[0].contentType',
    ],
    [
      'a content type too long for a line',
      { ...base, attachments: [{ contentType: `a/${'b'.repeat(2000)}`, content: '' }] },
      'line-too-long',
      'attachments[0]',
    ],
    [
      'a parameter too long for a line',
      { ...base, attachments: [{ contentType: `a/b; ${'b'.repeat(2000)}=c`, content: '' }] },
      'line-too-long',
      'attachments[0]',
    ],
    [
      'a disposition too long for a line',
      { ...base, attachments: [{ headers: { 'Content-Disposition': 'b'.repeat(2000) }, content: '' }] },
      'line-too-long',
      'attachments[0]',
    ],
    [
      'a content id too long for a line',
      { ...base, attachments: [{ contentId: 'b'.repeat(990), content: '' }] },
      'line-too-long',
      'attachments[0]',
    ],
    [
      'a parameter twice',
      { ...base, attachments: [{ contentType: 'a/b; x=1; X=2', content: '' }] },
      'invalid-parameter',
      'attachments[0]',
    ],
    [
      'a multipart without parts',
      { ...base, attachments: [{ contentType: 'multipart/mixed', content: 'a' }] },
      'invalid-content',
      'attachments[0]',
    ],
    [
      'a bad parameter',
      { ...base, attachments: [{ contentType: 'a/b; c', content: '' }] },
      'invalid-content-type',
      'attachments[0].contentType',
    ],
    [
      'a bad disposition',
      { ...base, attachments: [{ disposition: 'x', content: '' }] },
      'invalid-parameter',
      'attachments[0].disposition',
    ],
    [
      'a bad content id',
      { ...base, attachments: [{ contentId: 'a b', content: '' }] },
      'invalid-message-id',
      'attachments[0].contentId',
    ],
    [
      'an unknown encoding',
      { ...base, attachments: [{ encoding: 'x', content: '' }] },
      'invalid-encoding',
      'attachments[0]',
    ],
  ])('refuses %s', (_, message, code, field) => {
    const error = refusal(message);
    expect([error.code, error.field]).toEqual([code, field]);
    expect(error.message).toMatch(/^[A-Z].*[^.]$/s);
  });

  test('refuses a control character in every field that becomes a header, naming the field', () => {
    const attachment = (fields: Partial<Attachment>) => ({ attachments: [{ content: '', ...fields }] });
    for (const control of ['\r\n', '\n', '\r', '\0', '\x07', '\x7f', '\x1b']) {
      const evil = `x${control}Bcc: eve@example.com`;
      const cases: [string, Partial<Record<keyof Message, unknown>>][] = [
        ['subject', { subject: evil }],
        ['from', { from: evil }],
        ['from.name', { from: { name: evil, address: 'a@example.org' } }],
        ['from.address', { from: { address: evil } }],
        ['sender', { sender: evil }],
        ['to', { to: evil }],
        ['to[0]', { to: [evil] }],
        ['to[0].name', { to: [{ name: evil, address: 'a@example.org' }] }],
        ['to[0].address', { to: [{ address: evil }] }],
        ['to.group', { to: { group: evil, members: [] } }],
        ['to.members[0]', { to: { group: 'G', members: [evil] } }],
        ['cc', { cc: evil }],
        ['bcc', { bcc: evil }],
        ['replyTo', { replyTo: evil }],
        ['readReceiptTo', { readReceiptTo: evil }],
        ['deliveryReceiptTo', { deliveryReceiptTo: evil }],
        ['messageId', { messageId: `<${evil}@example.org>` }],
        ['inReplyTo', { inReplyTo: [`<${evil}@example.org>`] }],
        ['references', { references: [`<${evil}@example.org>`] }],
        ['header name', { headers: [[evil, 'x']] }],
        ['X-A', { headers: [['X-A', evil]] }],
        ['Auto-Submitted', { autoSubmitted: evil }],
        ['List-Id', { list: { id: evil } }],
        ['attachments[0].filename', attachment({ filename: evil })],
        ['attachments[0].contentType', attachment({ contentType: evil })],
        ['attachments[0].contentId', attachment({ contentId: evil })],
        ['attachments[0].description', attachment({ description: evil })],
        ['header name', attachment({ headers: { [evil]: 'x' } })],
        ['X-A', attachment({ headers: { 'X-A': evil } })],
        ['calendar', { calendar: { method: evil, content: '' }, text: undefined }],
        ['alternatives[0].contentType', { alternatives: [{ contentType: evil, content: '' }] }],
        ['text', { text: { content: new Uint8Array(1), charset: evil } }],
      ];
      for (const [field, fields] of cases) {
        const error = refusal({ ...base, ...fields });
        expect(error, `${field} with ${JSON.stringify(control)}`).toBeInstanceOf(HeaderInjectionError);
        expect(error).toMatchObject({ code: 'control-character', field });
        expect(error.position).toBeGreaterThan(0);
        expect(error.message).not.toMatch(/[\0-\x1f\x7f]/);
      }
    }
  });

  test.each([
    [{ name: 'x <evil.example.com>', id: 'l.example.org' }, '"x <evil.example.com>" <l.example.org>'],
    [{ name: 'Ann, Bob: (x "y"', id: 'l.example.org' }, '"Ann, Bob: (x \\"y\\"" <l.example.org>'],
    [{ name: 'Größe', id: 'l.example.org' }, '=?utf-8?b?R3LDtsOfZQ==?= <l.example.org>'],
    [{ name: '"Own, quotes"', id: 'l.example.org' }, '"Own, quotes" <l.example.org>'],
  ])('quotes the name of the list %j (RFC 2919 §3)', async (id, value) => {
    const text = new TextDecoder().decode(await compose({ ...base, list: { id } }).bytes());
    expect(text).toContain(`\r\nList-Id: ${value}\r\n`);
  });

  test('takes or refuses megabytes in any field, with an error of its own', () => {
    for (const unit of ['a', ' a', '"', 'é', 'a.', '=?']) {
      const text = unit.repeat(1_000_000);
      for (const fields of [
        { to: { name: text, address: 'a@example.org' } },
        { to: { group: text, members: [] } },
        { to: text },
        { to: { address: `${text}@example.org` } },
        { messageId: `<${text}@example.org>` },
        { headers: { 'Resent-To': text } },
        { headers: { References: text } },
        { headers: { 'List-Id': `${text} <a.b>` } },
        { attachments: [{ filename: text, content: '' }] },
        { attachments: [{ contentType: `a/b;c=${text}`, content: '' }] },
        { attachments: [{ contentId: text, content: '' }] },
        { attachments: [{ content: '', headers: { 'Content-Disposition': `attachment;${text}` } }] },
      ]) {
        let refused: unknown;
        try {
          compose({ ...base, ...fields });
        } catch (error) {
          refused = error;
        }
        if (refused !== undefined) expect(refused).toBeInstanceOf(MimeError);
      }
    }
  }, 120_000);

  test('takes an own message id without the space around it, here and on the wire', async () => {
    const composed = compose({ ...base, headers: { 'Message-ID': ' <a@b.test>\t' } });
    expect(composed.messageId).toBe('<a@b.test>');
    expect(new TextDecoder().decode(await composed.bytes())).toContain('\r\nMessage-ID: <a@b.test>\r\n');
  });

  test('limits recipients, address length and nesting', () => {
    const many = Array.from({ length: 1001 }, (_, i) => `u${i}@example.org`);
    expect(refusal({ ...base, to: many }).code).toBe('too-many-recipients');
    expect(compose({ ...base, to: many }, { limits: { recipients: 1001 } }).envelope.to).toHaveLength(1001);
    const unset = { recipients: undefined, addressOctets: undefined, nesting: undefined };
    expect(compose(base, { limits: unset }).envelope.to).toHaveLength(1);
    expect(
      compose({ ...base, to: many }, { limits: { ...unset, recipients: 1001 } }).envelope.to,
    ).toHaveLength(1001);
    expect(refusal({ ...base, to: many }, { limits: unset }).code).toBe('too-many-recipients');
    expect(refusal({ ...base, to: 'abc@example.org' }, { limits: { addressOctets: 10 } }).code).toBe(
      'invalid-address',
    );
    expect(
      refusal({ ...base, html: '<p>', attachments: [{ content: '' }] }, { limits: { nesting: 1 } }).code,
    ).toBe('nesting-too-deep');
  });

  test('refuses messages nested deeper than the limit, however they were built', () => {
    let composed = compose(base);
    for (let i = 0; i < 100; i++)
      composed = compose({ ...base, attachments: [{ content: composed }] }, { limits: { nesting: 1000 } });
    expect(refusal({ ...base, attachments: [{ content: composed }] }).code).toBe('nesting-too-deep');
  });
});
