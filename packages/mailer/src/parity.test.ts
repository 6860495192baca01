import {
  applicationPart,
  audioPart,
  compose,
  decodeParameters,
  decodeWords,
  type Entity,
  encodeParameter,
  encodeWords,
  formatDate,
  formatMailbox,
  imagePart,
  MimeError,
  makeMessageId,
  messagePart,
  multipart,
  parseAddressList,
  parseDate,
  parseMailbox,
  part,
  textPart,
} from '@posthaste/mime';
import { DotStuffer, formatPath } from '@posthaste/smtp-core';
import { describe, expect, test } from 'vitest';

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const decode = (octets: Uint8Array): string => new TextDecoder().decode(octets);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('email.mime', () => {
  test('every MIME class has its builder', async () => {
    const inner = compose({ from: 'ann@example.org', to: 'bob@example.net', subject: 'inner', text: 'x' });
    const built: [Entity, string][] = [
      [part('application/x-thing', 'x'), 'application/x-thing'],
      [textPart('Grüße'), 'text/plain'],
      [textPart('<p>', 'html'), 'text/html'],
      [imagePart(png), 'image/png'],
      [audioPart(Uint8Array.of(1), 'midi'), 'audio/midi'],
      [applicationPart(Uint8Array.of(1), 'zip'), 'application/zip'],
      [messagePart(inner), 'message/rfc822'],
      [multipart('mixed', [textPart('one'), textPart('two')]), 'multipart/mixed'],
    ];
    for (const [entity, type] of built) {
      expect(entity.type).toBe(type);
      expect(await entity.text()).toContain(`Content-Type: ${type}`);
    }
    const related = multipart('related', [textPart('<img src="cid:0">', 'html')], { boundary: 'abc' });
    expect(related.parameter('boundary')).toBe('abc');
    expect(related.parameter('type')).toBe('text/html');
  });

  test('one Entity type: a leaf takes no children', () => {
    const leaf = textPart('x');
    expect(leaf.isMultipart).toBe(false);
    expect(() => leaf.attach(textPart('y'))).toThrow(MimeError);
    expect(multipart('mixed').attach(leaf).parts).toEqual([leaf]);
  });

  test('encoders are an option', async () => {
    const text = 'x=ü';
    expect(await part('text/plain', text, { encoding: 'base64' }).text()).toContain('base64');
    expect(await part('text/plain', text, { encoding: 'quoted-printable' }).text()).toContain('x=3D=C3=BC');
    expect(await part('text/plain', 'plain', { encoding: 'auto' }).text()).toContain('7bit');
    expect(await part('text/plain', 'eD0=', { encoding: 'none' }).text()).toContain('eD0=');
  });

  test('Entity has the methods of email.message.Message', async () => {
    const image = imagePart(png).addHeader('Content-Disposition', 'inline', { filename: '图.png' });
    const tree = multipart('mixed', [textPart('one'), image]);
    expect([...tree.walk()].map(({ type }) => type)).toEqual(['multipart/mixed', 'text/plain', 'image/png']);
    expect(image.filename).toBe('图.png');
    expect(image.disposition).toBe('inline');
    expect(image.content).toEqual(png);
    image.setContent(textPart('now text'));
    expect(image.type).toBe('text/plain');
    const random = (octets: number): Uint8Array => new Uint8Array(octets);
    expect(decode(await tree.bytes({ random }))).toBe(await tree.text({ random }));
  });

  test('Entity has the methods of email.message.EmailMessage', () => {
    const message = textPart('plain');
    message.addAlternative(textPart('<p>', 'html'));
    message.addAttachment(part('text/csv', 'a,b'), 'a.csv');
    expect(message.type).toBe('multipart/mixed');
    expect(message.body()?.type).toBe('text/html');
    expect(message.body(['plain'])?.content).toBe('plain');
    expect(message.attachments().map(({ filename }) => filename)).toEqual(['a.csv']);
    const page = textPart('<img src="cid:0">', 'html').addRelated(imagePart(png));
    expect(page.type).toBe('multipart/related');
    expect(textPart('x').makeMultipart('mixed').isMultipart).toBe(true);
  });

  test('X-Attachment-Id, Content-ID without @, Content-Description', async () => {
    const composed = compose({
      from: 'ann@example.org',
      to: 'bob@example.net',
      html: '<img src="cid:0">',
      attachments: [
        {
          filename: 'a.png',
          content: png,
          contentId: '0',
          description: 'A picture',
          headers: { 'X-Attachment-Id': '0' },
        },
      ],
    });
    const text = decode(await composed.bytes());
    for (const line of ['Content-ID: <0>', 'X-Attachment-Id: 0', 'Content-Description: A picture']) {
      expect(text).toContain(line);
    }
  });
});

describe('email.header and email.utils', () => {
  test('encoded words go there and back', () => {
    for (const text of ['plain', 'Grüße 🚀', '=?utf-8?q?literal?=', 'x'.repeat(70) + 'ü'.repeat(70)]) {
      expect(decodeWords(encodeWords(text))).toBe(text);
    }
  });

  test('addresses go there and back', () => {
    const mailbox = { name: 'Smith, Jürgen', address: 'j@example.org' };
    expect(parseMailbox(formatMailbox(mailbox))).toEqual(mailbox);
    expect(parseAddressList('Ann <ann@example.org>, Team: bob@example.net, c@example.net;')).toMatchObject([
      { name: 'Ann', address: 'ann@example.org' },
      { group: 'Team', members: [{ address: 'bob@example.net' }, { address: 'c@example.net' }] },
    ]);
  });

  test('dates and message ids', () => {
    const date = new Date('2026-01-02T03:04:05Z');
    expect(formatDate(date)).toBe('Fri, 02 Jan 2026 03:04:05 +0000');
    expect(parseDate(formatDate(date, { timeZone: 'local' }))).toEqual(date);
    expect(makeMessageId({ domain: 'example.org' })).toMatch(/^<.+@example\.org>$/);
  });

  test('RFC 2231 parameters go there and back', () => {
    const name = `${'报告 "x"; '.repeat(20)}.pdf`;
    const pairs = encodeParameter('filename', name).map(segment => {
      const equals = segment.indexOf('=');
      return [segment.slice(0, equals), segment.slice(equals + 1).replace(/^"|"$/g, '')] as const;
    });
    expect(decodeParameters(pairs).get('filename')).toBe(name);
  });

  test('policies: SMTPUTF8 is asked for, never assumed', () => {
    const message = { from: 'jürgen@example.org', to: 'bob@example.net', text: 'x' };
    expect(() => compose(message)).toThrow(MimeError);
    expect(compose({ ...message, smtputf8: true }).envelope.smtputf8).toBe(true);
  });
});

test('smtplib’s quoteaddr and quotedata', () => {
  expect(formatPath('ann@example.org')).toBe('<ann@example.org>');
  const stuffer = new DotStuffer();
  expect(decode(stuffer.push(encode('.dot\n..two'))) + decode(stuffer.end())).toBe(
    '..dot\r\n...two\r\n.\r\n',
  );
});
