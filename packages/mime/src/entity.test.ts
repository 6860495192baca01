import { describe, expect, test } from 'vitest';
import { compose } from './compose.ts';
import type { ComposedMessage } from './composed-message.ts';
import { Entity } from './entity.ts';
import { entityOf } from './entity-of.ts';
import { applicationPart, audioPart, imagePart, messagePart, multipart, part, textPart } from './part.ts';

const random = (octets: number) => new Uint8Array(octets);
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const lfOctets = new TextEncoder().encode('a\nb');
const multipartMessage = (boundary: string) =>
  multipart('mixed', [textPart('x')], { boundary }, { headers: { From: 'ann@example.org' } }).compose();
const textOf = async (message: ComposedMessage) => new TextDecoder().decode(await message.bytes());
const refusedAs = (code: string) => expect.objectContaining({ code });
const shape = (entity: Entity): string =>
  entity.parts ? `${entity.type.slice(10)}(${entity.parts.map(shape).join(',')})` : entity.type;

describe('makers of parts', () => {
  test('text: a string is UTF-8, octets keep their charset (MIMEText)', async () => {
    expect(await textPart('Viele liebe Grüße aus Köln\n').text()).toBe(
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nViele liebe Gr=C3=BC=C3=9Fe aus K=C3=B6ln\r\n',
    );
    const html = textPart(Uint8Array.of(0xfc), 'html', { charset: 'iso-8859-1', encoding: 'base64' });
    expect(await html.text()).toBe(
      'Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n/A==',
    );
    expect(() => textPart('ü', 'plain', { charset: 'iso-8859-1' })).toThrow(refusedAs('invalid-content'));
  });

  test('image and audio: the subtype is found or given (MIMEImage, MIMEAudio)', () => {
    expect(imagePart(png).type).toBe('image/png');
    expect(imagePart(new Blob([]), 'svg+xml').type).toBe('image/svg+xml');
    expect(audioPart(new TextEncoder().encode('OggS')).type).toBe('audio/ogg');
    expect(() => imagePart(new Uint8Array(3))).toThrow(refusedAs('invalid-content-type'));
    expect(() => imagePart('<svg/>')).toThrow(refusedAs('invalid-content-type'));
    expect(() => audioPart(png)).toThrow(refusedAs('invalid-content-type'));
  });

  test('application, message and any other (MIMEApplication, MIMEMessage, MIMEBase)', async () => {
    expect(applicationPart('x').type).toBe('application/octet-stream');
    expect(applicationPart('x', 'pdf').type).toBe('application/pdf');
    expect(await messagePart('Subject: x\n\ny').text()).toMatch(
      /message\/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: x\r\n\r\ny$/,
    );
    const other = part('application/pgp-signature; micalg=pgp-sha256', 'AAAA', {
      encoding: 'none',
      headers: { 'X-A': 'b' },
    });
    expect(await other.text()).toBe(
      'Content-Type: application/pgp-signature; micalg=pgp-sha256\r\nX-A: b\r\n\r\nAAAA',
    );
    expect(() => part('nonsense', '')).toThrow(refusedAs('invalid-content-type'));
  });

  test('multipart: any subtype, parameters, own boundary (MIMEMultipart)', async () => {
    const report = multipart('report', [textPart('t')], { 'report-type': 'delivery-status', boundary: 'b' });
    expect(await report.text()).toBe(
      [
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        't',
        '--b--',
      ].join('\r\n'),
    );
    expect(multipart('related', [textPart('h', 'html')]).parameter('type')).toBe('text/html');
    await expect(multipart('mixed').text()).rejects.toThrow(refusedAs('invalid-content'));
  });

  test.each([
    ['a body line', multipart('mixed', [textPart('a\n--b\n')], { boundary: 'b' }), 'boundary-collision'],
    [
      'an encoded body line',
      multipart('mixed', [textPart('a longer line with an é\n--b\n')], { boundary: 'b' }),
      'boundary-collision',
    ],
    [
      'the boundary of a child',
      multipart('mixed', [multipart('mixed', [textPart('')], { boundary: 'bb' })], { boundary: 'b' }),
      'boundary-collision',
    ],
    [
      'the boundary of a message inside, which begins it',
      multipart('mixed', [messagePart(multipartMessage('b'))], { boundary: 'bb' }),
      'boundary-collision',
    ],
    [
      'the boundary of a message inside, which it begins',
      multipart('mixed', [messagePart(multipartMessage('bb'))], { boundary: 'b' }),
      'boundary-collision',
    ],
    [
      'the boundary of a raw message inside, which begins it',
      multipart('mixed', [messagePart('Subject: x\n\n--b \n\nx\n--b--\n')], { boundary: 'bb' }),
      'boundary-collision',
    ],
    ['a forbidden character', multipart('mixed', [textPart('')], { boundary: 'b;' }), 'invalid-parameter'],
    ['a trailing space', multipart('mixed', [textPart('')], { boundary: 'b ' }), 'invalid-parameter'],
    ['71 characters', multipart('mixed', [textPart('')], { boundary: 'b'.repeat(71) }), 'invalid-parameter'],
  ])('refuses a boundary that meets %s', async (_, entity, code) => {
    await expect(entity.bytes()).rejects.toThrow(refusedAs(code));
  });

  test('only the whole delimiter meets a line of text (RFC 2046 §5.1.1)', async () => {
    const boundary = '----=_Part_42_1';
    const lines = 'a\n--\n---\n------\n------=_Part_42\n--b';
    const raw = messagePart(`Subject: x\n\n---\n------\n`);
    const text = await multipart('mixed', [textPart(lines), raw], { boundary }).text();
    expect(text).toContain(`\r\n\r\n${lines.replaceAll('\n', '\r\n')}\r\n--${boundary}\r\n`);
    await expect(multipart('mixed', [textPart(`a\n--${boundary}0\n`)], { boundary }).bytes()).rejects.toThrow(
      refusedAs('boundary-collision'),
    );
  });

  test('a boundary goes with a signature, and with lines that begin one the composer names', async () => {
    expect(await multipart('mixed', [textPart('a\n--\nb\n--c', 'html')], { boundary: 'b' }).text()).toContain(
      '\r\n--\r\nb\r\n--c\r\n',
    );
    expect(await multipart('mixed', [textPart('a\n--=\nb', 'html')]).text()).toContain('--=\r\n');
  });

  test('a boundary of one’s own goes with base64, whatever it is', async () => {
    expect(await multipart('mixed', [applicationPart('x')], { boundary: 'eA==' }).text()).toContain(
      '--eA==--',
    );
  });
});

describe('Entity', () => {
  test('adds, replaces and removes header fields (add_header, replace_header, del, keys, items)', async () => {
    const entity = textPart('x').addHeader('X-A', '1').addHeader('x-a', '2').addHeader('Subject', 'Grüße');
    expect(entity.headers.getAll('X-a')).toEqual(['1', '2']);
    expect([...entity.headers]).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
      ['Subject', 'Grüße'],
    ]);
    entity.headers.set('X-A', '3');
    entity.headers.delete('subject');
    expect(entity.headers.get('x-A')).toBe('3');
    expect(entity.headers.has('Subject')).toBe(false);
    expect(entity.headers.get('Subject')).toBeUndefined();
    expect(await entity.text()).toContain('\r\nX-A: 3\r\n');
  });

  test('adds parameters to a field (add_header with params, get_filename, get_content_disposition)', async () => {
    const entity = applicationPart('x').addHeader('Content-Disposition', 'Attachment', {
      filename: '报告.pdf',
    });
    expect([entity.filename, entity.disposition]).toEqual(['报告.pdf', 'attachment']);
    expect(await entity.text()).toContain(
      'Content-Disposition: Attachment; filename*=utf-8\'\'%E6%8A%A5%E5%91%8A.pdf;\r\n filename="__.pdf"\r\n',
    );
    const read = applicationPart('x').addHeader('Content-Disposition', 'inline; filename="a b"');
    expect([read.filename, read.headers.parameter('Content-Disposition', 'FileName')]).toEqual([
      'a b',
      'a b',
    ]);
    expect(part('a/b; name=c', '').filename).toBe('c');
    expect(textPart('').disposition).toBeUndefined();
  });

  test.each([
    ['control-character', () => textPart('').addHeader('X', 'a\r\nBcc: eve@example.com')],
    [
      'control-character',
      () => textPart('').addHeader('Content-Disposition', 'attachment', { filename: 'a\n' }),
    ],
    [
      'invalid-filename',
      () => textPart('').addHeader('Content-Disposition', 'attachment', { filename: '../a' }),
    ],
    ['reserved-header', () => part('a/b', '', { headers: { 'Content-Type': 'c/d' } })],
    ['reserved-header', () => textPart('').addHeader('Content-Type', 'text/html')],
    ['reserved-header', () => textPart('').headers.set('content-type', 'text/html')],
    ['reserved-header', () => textPart('').addHeader('Content-Transfer-Encoding', 'base64')],
    ['reserved-header', () => textPart('').addHeader('Content-Transfer-Encoding', 'base64', { a: 'b' })],
    ['reserved-header', () => textPart('').addHeader('Resent-Bcc', 'a@example.org')],
    ['reserved-header', () => textPart('').addHeader('MIME-Version', '2.0')],
    ['duplicate-header', () => textPart('').addHeader('Subject', 'a').addHeader('SUBJECT', 'b')],
    [
      'duplicate-header',
      () =>
        textPart('')
          .addHeader('Content-Disposition', 'inline')
          .addHeader('content-disposition', 'inline', { a: 'b' }),
    ],
    [
      'control-character',
      () => textPart('').addHeader('Content-X: a\r\nBcc: eve@example.com\r\nContent-Y', 'v', { a: 'b' }),
    ],
    ['control-character', () => textPart('').addHeader('X: a\r\n\r\nbody\r\nY', 'v', { a: 'b' })],
    ['control-character', () => textPart('').headers.set('X\r\nY', 'v')],
    ['invalid-header-name', () => textPart('').addHeader('X: Y', 'v', { a: 'b' })],
    ['invalid-parameter', () => textPart('').addHeader('Content-X', 'é', { a: 'b' })],
    ['invalid-parameter', () => textPart('').addHeader('To', 'a', { b: 'c' })],
    ['invalid-parameter', () => textPart('').addHeader('Date', 'a', { b: 'c' })],
    ['invalid-parameter', () => textPart('').addHeader('X-A', 'v', { a: 'b', A: 'c' })],
    ['invalid-parameter', () => textPart('').addHeader('X-A', 'v', { 'a*': 'b' })],
    [
      'invalid-parameter',
      () =>
        textPart('').addHeader('Content-Disposition', 'attachment; filename="a"', {
          filename: 'b',
        }),
    ],
    ['invalid-filename', () => textPart('').addHeader('Content-Disposition', 'attachment; filename="../a"')],
    [
      'invalid-filename',
      () => textPart('').addHeader('Content-Disposition', 'attachment', { Filename: '../a' }),
    ],
    ['not-multipart', () => textPart('').attach(textPart(''))],
    ['not-multipart', () => multipart('mixed', [textPart('')]).addAlternative(textPart(''))],
  ])('refuses: %s', (code, action) => {
    expect(action).toThrow(refusedAs(code));
  });

  test.each(['Subject', 'Content-Description'])('leaves %s as it was where set refuses', name => {
    const { headers } = textPart('').addHeader(name, 'kept');
    expect(() => headers.set(name, 'a\n')).toThrow(refusedAs('control-character'));
    expect(headers.get(name)).toBe('kept');
  });

  test('refuses a line beyond 998 octets', async () => {
    const entity = textPart('').addHeader('X-A', 'a'.repeat(1000), { b: 'c' });
    await expect(entity.bytes()).rejects.toThrow(refusedAs('line-too-long'));
  });

  test('gives fields on with their parameters', async () => {
    const first = part('a/b', '')
      .addHeader('Content-Disposition', 'attachment', { filename: '报告 "1".pdf' })
      .addHeader('X-A', 'v', { Title: 'é' });
    const written = await first.text();
    expect(written).toContain("X-A: v; title*=utf-8''%C3%A9\r\n");
    expect(await part('a/b', '', { headers: first.headers }).text()).toBe(written);
    expect([...first.headers]).toEqual([
      ['Content-Disposition', 'attachment; filename="报告 \\"1\\".pdf"'],
      ['X-A', 'v; title="é"'],
    ]);
    const [disposition] = first.headers;
    expect(part('a/b', '', { headers: [disposition!] }).filename).toBe('报告 "1".pdf');
  });

  test.each([
    ['From', 'a@example.org'],
    ['Bcc', 'secret@example.com'],
    ['Subject', 'x'],
    ['Message-ID', '<a@b.test>'],
    ['List-Help', '<https://example.org>'],
    ['Disposition-Notification-To', '"Müller, J" <m@example.org>'],
  ])('refuses %s in a part', async (name, value) => {
    const entity = () => textPart('x').addHeader(name, value);
    const refused = expect.objectContaining({ code: 'reserved-header', field: name });
    const base = { from: 'ann@example.org', to: 'bob@example.net' };
    expect(() => compose({ ...base, body: entity() })).toThrow(refused);
    expect(() => compose({ ...base, text: 't', attachments: [entity()] })).toThrow(refused);
    expect(() => entityOf({ ...base, body: entity() })).toThrow(refused);
    await expect(multipart('mixed', [entity()]).bytes()).rejects.toThrow(refused);
    expect(() =>
      entityOf({ ...base, text: 't' })
        .addAttachment(entity())
        .compose(),
    ).toThrow(refused);
  });

  test('never writes Bcc, alone as in a message', async () => {
    const entity = textPart('x').addHeader('Bcc', 'secret@example.com').addHeader('Subject', 's');
    expect(await entity.text()).toBe(
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\nSubject: s\r\n\r\nx',
    );
  });

  test('reads and sets parameters of its type (get_param, set_param, del_param)', () => {
    const entity = part('text/plain; Charset=utf-8', '');
    expect(entity.parameter('CHARSET')).toBe('utf-8');
    entity.setParameter('format', 'flowed');
    entity.setParameter('charset', undefined);
    expect(entity.parameters).toEqual([['format', 'flowed']]);
  });

  test('holds content or parts, and walks them (get_payload, is_multipart, walk, attach)', () => {
    const inner = multipart('alternative', [textPart('t'), textPart('h', 'html')]);
    const root = multipart('mixed').attach(inner, applicationPart('x'));
    expect([root.isMultipart, root.content, root.parts?.length]).toEqual([true, undefined, 2]);
    expect([textPart('t').isMultipart, textPart('t').content, textPart('t').parts]).toEqual([
      false,
      't',
      undefined,
    ]);
    expect([...root.walk()].map(({ type }) => type)).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'text/html',
      'application/octet-stream',
    ]);
  });

  test('refuses a tree that contains itself', async () => {
    const root = multipart('mixed', [textPart('')]);
    root.attach(root);
    await expect(root.bytes()).rejects.toThrow(refusedAs('nesting-too-deep'));
  });

  test('grows from text to alternative, related and mixed (set_content, add_alternative, add_related, add_attachment)', async () => {
    const message = new Entity('text/plain', { headers: { Subject: 'Hi' } });
    message.setContent(textPart('text')).addAlternative(textPart('<img src="cid:l">', 'html'));
    expect(shape(message)).toBe('alternative(text/plain,text/html)');
    message.parts![1]!.addRelated(imagePart(png, undefined, { headers: { 'Content-ID': '<l>' } }));
    message.addAttachment(applicationPart('x', 'pdf'), 'a.pdf').addAttachment(textPart('y'));
    expect(shape(message)).toBe(
      'mixed(alternative(text/plain,related(text/html,image/png)),application/pdf,text/plain)',
    );
    expect(message.headers.get('Subject')).toBe('Hi');
    expect(
      message.attachments().map(({ type, filename, disposition }) => [type, filename, disposition]),
    ).toEqual([
      ['application/pdf', 'a.pdf', 'attachment'],
      ['text/plain', undefined, 'attachment'],
    ]);
    expect(await message.text()).toContain('Content-Type: multipart/related; type="text/html";');
    expect(await message.text()).toContain('Content-Disposition: inline\r\n');
  });

  test('an empty entity becomes the container alone, and a disposition of one’s own is kept (make_mixed)', () => {
    const own = textPart('x').addHeader('Content-Disposition', 'inline');
    const entity = new Entity('text/plain').addAttachment(own);
    expect([shape(entity), own.disposition]).toEqual(['mixed(text/plain)', 'inline']);
    expect(shape(new Entity('text/plain').addRelated(own))).toBe('related(text/plain)');
    expect(shape(new Entity('multipart/mixed').makeMultipart('mixed'))).toBe('mixed()');
    expect(shape(new Entity('multipart/related').addAlternative(own))).toBe('alternative(text/plain)');
  });

  test('finds the body by preference (get_body)', () => {
    const html = textPart('h', 'html');
    const related = multipart('related', [html, imagePart(png)]);
    const plain = textPart('p');
    const root = multipart('mixed', [
      multipart('alternative', [plain, related]),
      textPart('file').addHeader('Content-Disposition', 'attachment'),
    ]);
    expect(root.body()).toBe(related);
    expect(root.body(['html', 'plain'])).toBe(html);
    expect(root.body(['plain'])).toBe(plain);
    expect(plain.body(['html'])).toBeUndefined();
    expect(applicationPart('x').body()).toBeUndefined();
  });

  test('tells attachments from the body (iter_attachments, iter_parts)', () => {
    const picture = imagePart(png);
    expect(multipart('related', [textPart('h', 'html'), picture]).attachments()).toEqual([picture]);
    expect(multipart('alternative', [textPart('p'), textPart('h', 'html')]).attachments()).toEqual([]);
    expect(multipart('mixed', [picture]).attachments()).toEqual([picture]);
    expect(textPart('x').attachments()).toEqual([]);
  });

  test('takes tabs in header text, as compose does (RFC 5322 §2.2.2)', async () => {
    const value = 'a\tb';
    const entity = textPart('x', 'plain', { headers: { 'X-One': value } }).addHeader('X-Two', value);
    entity.headers.set('Subject', value);
    entity.headers.set('From', '"a\tb" <ann@example.org>');
    const wanted = compose({ from: { name: value, address: 'ann@example.org' }, subject: value, text: 'x' });
    const lines = (await textOf(entity.compose())).split('\r\n');
    for (const line of ['X-One: a\tb', 'X-Two: a\tb', 'Subject: a\tb', 'From: "a\tb" <ann@example.org>']) {
      expect(lines).toContain(line);
      if (!line.startsWith('X-')) expect(await textOf(wanted)).toContain(`${line}\r\n`);
    }
    const message = entityOf({
      from: { name: value, address: 'ann@example.org' },
      subject: value,
      text: 't',
      attachments: [{ content: 'x', description: value }],
    });
    const text = await textOf(message.compose());
    expect(text).toContain('From: "a\tb" <ann@example.org>\r\n');
    expect(text).toContain('Subject: a\tb\r\n');
    expect(text).toContain('Content-Description: a\tb\r\n');
  });

  test('composes as a message of its own header fields (send_message)', async () => {
    const entity = multipart('alternative', [textPart('p'), textPart('h', 'html')])
      .addHeader('From', 'Jörg <j@example.org>')
      .addHeader('To', 'bob@example.net, Carol <carol@example.com>')
      .addHeader('Bcc', 'secret@example.com')
      .addHeader('Content-Description', 'Two forms')
      .addHeader('X-Form', 'two', { charset: 'utf-8' })
      .addHeader('Subject', 'Grüße');
    const composed = entity.compose({ random, now: new Date(0) });
    expect(composed.envelope).toEqual({
      from: 'j@example.org',
      to: ['bob@example.net', 'carol@example.com', 'secret@example.com'],
    });
    const text = new TextDecoder().decode(await composed.bytes());
    expect(text).not.toMatch(/secret|bcc/i);
    expect(text).toContain('X-Form: two; charset=utf-8\r\n');
    for (const name of [
      'From',
      'To',
      'Subject',
      'Date',
      'Message-ID',
      'MIME-Version',
      'Content-Description',
    ]) {
      expect(text.match(new RegExp(`^${name}:`, 'gm'))).toHaveLength(1);
    }
  });
});

describe('entityOf', () => {
  const message = {
    from: { name: 'Smith "J", John', address: 'john@example.org' },
    sender: 'office@example.org',
    replyTo: 'reply@example.org',
    to: [
      { group: 'Gäste', members: ['a@example.net', { name: 'B', address: 'b@example.net' }] },
      'c@example.net',
    ],
    cc: 'd@example.net',
    bcc: 'e@example.net',
    subject: 'Grüße',
    date: new Date('2024-03-15T10:20:30Z'),
    messageId: '<1@example.org>',
    inReplyTo: '<0@example.org>',
    references: ['<0@example.org>'],
    readReceiptTo: 'john@example.org',
    deliveryReceiptTo: 'john@example.org',
    autoSubmitted: 'auto-generated' as const,
    priority: 'low' as const,
    list: { help: 'https://example.org/help' },
    headers: { 'X-Own': 'ä', Subject: 'Mine' },
    text: 'Hallo',
    html: '<img src="cid:l">',
    attachments: [
      { filename: '报 告.pdf', content: 'x', description: 'Bericht für alle' },
      { contentId: 'l', content: png },
      textPart('own part'),
    ],
  };

  test('composes to the same octets as the message itself', async () => {
    const direct = await compose(message, { random }).bytes();
    const through = await entityOf(message).compose({ random }).bytes();
    const sorted = (bytes: Uint8Array) => {
      const [header = '', ...body] = new TextDecoder().decode(bytes).split('\r\n\r\n');
      return [header.split(/\r\n(?![ \t])/).sort(), ...body];
    };
    expect(sorted(through)).toEqual(sorted(direct));
    expect(entityOf(message).compose().envelope).toEqual(compose(message).envelope);
  });

  test('lets own fields replace those of the priority', async () => {
    const text = await entityOf({ ...message, headers: { 'X-Priority': '3' } }).text();
    expect(text.match(/^X-Priority: .*$/gm)).toEqual(['X-Priority: 3']);
    expect(text).toContain('\r\nImportance: low\r\n');
  });

  test('takes the fields of an entity as they are', async () => {
    const body = part('text/plain', 'x')
      .addHeader('X-A', '"=?utf-8?q?x?=" é')
      .addHeader('X-B', 'v', { c: 'é' })
      .addHeader('Content-Disposition', 'inline', { filename: 'é' });
    const entity = entityOf({ from: 'a@example.org', body });
    expect([...entity.headers].slice(0, 3)).toEqual([...body.headers]);
    expect(await entity.text()).toContain("X-B: v; c*=utf-8''%C3%A9\r\n");
    entity.headers.delete('X-A');
    expect(body.headers.has('X-A')).toBe(true);
  });

  test('can be changed before it is composed, and leaves the message alone', async () => {
    const entity = entityOf({ from: 'a@example.org', text: 'x' })
      .addAttachment(applicationPart('y'), 'y.bin')
      .addHeader('X-Late', '1');
    expect(shape(entity)).toBe('mixed(text/plain,application/octet-stream)');
    expect(entity.headers.get('X-Late')).toBe('1');
  });

  test('refuses what compose refuses', () => {
    expect(() => entityOf({ from: 'a@example.org', to: 'b@example.net, c@example.net' })).toThrow(
      refusedAs('invalid-address'),
    );
  });
});

describe('line ends of files', () => {
  test('octets of a file stay as they are, set as content or taken from a message', async () => {
    const set = entityOf({ text: 'x' }).setContent(applicationPart(lfOctets));
    expect(await set.text()).toMatch(/\r\n\r\nYQpi$/);
    for (const content of [lfOctets, 'a\nb']) {
      const copied = entityOf({ text: 'x', attachments: [{ filename: 'a.txt', content }] });
      expect(await copied.text()).toContain('\r\n\r\nYQpi\r\n');
    }
    const utf16 = Uint8Array.of(0xff, 0xfe, 0x0a, 0x00);
    const csv = entityOf({ text: 'x', attachments: [{ filename: 'a.csv', content: utf16 }] });
    expect(await csv.text()).toContain('\r\n\r\n//4KAA==\r\n');
  });

  test('text set as content gets CR LF', async () => {
    expect(await applicationPart('x').setContent(textPart('a\nb')).text()).toMatch(/\r\n\r\na\r\nb$/);
  });
});

describe('charset of a part made of a string', () => {
  test('is said for text', async () => {
    expect(await part('text/plain', 'Grüße').text()).toMatch(/^Content-Type: text\/plain; charset=utf-8\r\n/);
    expect(part('text/csv', lfOctets).parameters).toEqual([]);
  });

  test('is refused where it is not that of a string', async () => {
    await expect(part('text/plain; charset=utf-16', 'a').bytes()).rejects.toThrow(
      refusedAs('invalid-content'),
    );
    const entity = textPart('é');
    entity.setParameter('charset', 'us-ascii');
    await expect(entity.bytes()).rejects.toThrow(refusedAs('invalid-content'));
    expect(await part('text/plain; charset=US-ASCII', 'a').text()).toContain('charset=US-ASCII');
  });
});

describe('what is signed', () => {
  const signature = () => applicationPart('-----BEGIN PGP SIGNATURE-----', 'pgp-signature');

  test('stands in the message octet for octet (RFC 1847 §2.1)', async () => {
    const inner = multipart('alternative', [
      textPart('a'),
      multipart('mixed', [textPart('<b>a</b>', 'html')]),
    ]);
    const signed = await inner.text();
    const message = multipart('signed', [inner, signature()], { micalg: 'pgp-sha256' });
    message.addHeader('From', 'ann@example.org');
    const text = new TextDecoder().decode(await message.compose().bytes());
    const [, first] = text.split(`--${/boundary="?(.*)"?/.exec(text)![1]!.replace('"', '')}\r\n`);
    expect(first).toBe(`${signed}\r\n`);
    expect(await inner.text()).toBe(signed);
  });

  test('has boundaries of its own, even from the same randomness', async () => {
    const inner = multipart('mixed', [multipart('mixed', [textPart('a')], { boundary: 'own' })]);
    await inner.bytes({ random });
    const outer = multipart('mixed', [inner, multipart('mixed', [textPart('b')])]);
    const names = [...outer.walk()].map(entity => entity.parameter('boundary')).filter(Boolean);
    expect(names).toHaveLength(2);
    await outer.bytes({ random });
    const all = [...outer.walk()]
      .filter(entity => entity.isMultipart)
      .map(entity => entity.parameter('boundary'));
    expect(new Set(all).size).toBe(4);
    await multipart('mixed', [outer]).addHeader('From', 'ann@example.org').compose({ random }).bytes();
  });

  test('is held to 7bit', () => {
    const eightBit = textPart('é', 'plain', { encoding: '8bit' });
    const message = multipart('signed', [multipart('mixed', [eightBit]), signature()]);
    expect(() => message.addHeader('From', 'ann@example.org').compose()).toThrow(
      refusedAs('invalid-encoding'),
    );
  });
});

test.each([
  ['hp', 'clear'],
  ['protected-headers', 'v1'],
])(
  'a part whose type says %s carries fields of the message, but never Bcc (RFC 9788)',
  async (name, value) => {
    const shown = textPart('x').addHeader('Subject', 'Hi').addHeader('From', 'ann@example.org');
    const signature = part('application/pgp-signature', 'x', { encoding: '7bit' });
    const letter = () =>
      multipart('signed', [shown, signature], {}, { headers: { From: 'ann@example.org' } }).compose();
    expect(letter).toThrow(refusedAs('reserved-header'));
    shown.setParameter(name, value);
    const text = await textOf(letter());
    expect(text).toContain(`; ${name}=${value}\r\n`);
    expect(text).toContain('\r\nSubject: Hi\r\nFrom: ann@example.org\r\n\r\nx\r\n');
    shown.addHeader('Bcc', 'eve@example.net');
    expect(letter).toThrow(refusedAs('reserved-header'));
  },
);
