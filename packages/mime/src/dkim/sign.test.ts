import { describe, expect, test } from 'vitest';
import { encodeBase64 } from '../base64.ts';
import { decodeBase64 } from '../base64-decoder.ts';
import { compose } from '../compose.ts';
import type { ComposedMessage } from '../composed-message.ts';
import { ComposedMessage as Composed } from '../composed-message.ts';
import type { Content } from '../message.ts';
import { part } from '../part.ts';
import { RelaxedBodyHash, relaxField } from './canonical.ts';
import { Sha256 } from './sha256.ts';
import { signDkim } from './sign.ts';

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};
const rsaKeys = (await crypto.subtle.generateKey(rsa, true, ['sign', 'verify'])) as CryptoKeyPair;
const edKeys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
const signing = { domain: 'example.org', selector: 'mail', now: new Date(1_700_000_000_000) };
const bytesOf = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0));
const latin1 = (bytes: Uint8Array) => Array.from(bytes, octet => String.fromCharCode(octet)).join('');
const base64 = (bytes: Uint8Array) => latin1(encodeBase64(bytes));

const addresses = { from: 'Jörg <joerg@example.org>', to: 'bob@example.net' };
const letter = (content: Content = bytesOf('x')) =>
  compose({
    ...addresses,
    subject: 'Grüße and a subject that is long enough to be folded over more than one line of text',
    text: 'Hello  there \t\n\n\n',
    attachments: [{ content }],
  });

/** A verifier of its own: whole text, regular expressions, Web Crypto throughout. */
async function verify(message: string, publicKey: CryptoKey): Promise<boolean> {
  const end = message.indexOf('\r\n\r\n');
  const fields = message.slice(0, end).split(/\r\n(?![ \t])/);
  const relaxed = (field: string) => {
    const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(field) ?? [];
    return `${name.trim().toLowerCase()}:${value
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .replace(/^ | $/g, '')}`;
  };
  const signature = fields.find(field => /^dkim-signature:/i.test(field)) ?? '';
  const tags = new Map(
    signature
      .slice(15)
      .replace(/\s/g, '')
      .split(';')
      .map(tag => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  );
  const body = message
    .slice(end + 4)
    .replace(/[ \t]+/g, ' ')
    .replace(/ (?=\r\n|$)/g, '')
    .replace(/(?:\r\n)*$/, '\r\n')
    .replace(/^\r\n$/, '');
  const bodyHash = base64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(body))));
  if (tags.get('bh') !== bodyHash) return false;
  const left = fields.filter(field => field !== signature).reverse();
  const signed: string[] = [];
  for (const name of (tags.get('h') ?? '').split(':')) {
    const at = left.findIndex(field => relaxed(field).startsWith(`${name.toLowerCase()}:`));
    if (at >= 0) signed.push(`${relaxed(left.splice(at, 1)[0] as string)}\r\n`);
  }
  signed.push(relaxed(signature.replace(/([;\s]b=)[^;]*/s, '$1')));
  let data: Uint8Array<ArrayBuffer> = bytesOf(signed.join(''));
  if (tags.get('a') === 'ed25519-sha256') data = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return crypto.subtle.verify(
    publicKey.algorithm.name,
    publicKey,
    new Uint8Array(decodeBase64(tags.get('b') ?? '')),
    data,
  );
}

/** A text in the armour of PEM (RFC 7468 §2). */
const armour = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
const pem = async (key: CryptoKey) =>
  armour('PRIVATE KEY', base64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))));

describe.each([
  ['rsa-sha256', rsaKeys],
  ['ed25519-sha256', edKeys],
])('signDkim with %s', (algorithm, keys) => {
  const sign = (message: ComposedMessage, options = {}) =>
    signDkim(message, { ...signing, privateKey: keys.privateKey, ...options });
  const text = async (message: ComposedMessage) => latin1(await message.bytes());

  test('signs what is sent, in front of it', async () => {
    const message = letter();
    const signed = await sign(message);
    const written = await text(signed);
    expect(written).toMatch(
      new RegExp(`^DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=example.org;`),
    );
    expect(written.endsWith(await text(message))).toBe(true);
    expect(signed.size).toBe(written.length);
    expect([signed.envelope, signed.messageId]).toEqual([message.envelope, message.messageId]);
    for (const line of written.split('\r\n\r\n')[0]?.split('\r\n') ?? [])
      expect(line.length).toBeLessThanOrEqual(78);
    expect(await verify(written, keys.publicKey)).toBe(true);
  });

  test('notices a change of any signed field, of the body, and a field added', async () => {
    const written = await text(await sign(letter()));
    for (const [from, to] of [
      ['Hello', 'Hallo'],
      ['bob@example.net', 'eve@example.net'],
      ['\r\nDate: ', '\r\nSubject: x\r\nDate: '],
      ['t=17', 't=18'],
    ] as const) {
      expect(await verify(written.replace(from, to), keys.publicKey)).toBe(false);
    }
  });

  test('signs streams: once more readable where they are, kept where they are not', async () => {
    const big = new Uint8Array(300_000).map((_, i) => i * 7);
    const blob = await sign(letter(new Blob([big])));
    expect(blob.pieces.some(piece => typeof piece === 'object' && 'open' in piece)).toBe(true);
    expect(await verify(await text(blob), keys.publicKey)).toBe(true);
    const stream = await sign(letter(new Blob([big]).stream()));
    expect(stream.replayable).toBe(true);
    expect(await verify(await text(stream), keys.publicKey)).toBe(true);
  });

  test('takes the key as PEM', async () => {
    expect(
      await verify(
        await text(await sign(letter(), { privateKey: await pem(keys.privateKey) })),
        keys.publicKey,
      ),
    ).toBe(true);
  });

  test('says when it expires, and signs the fields asked for', async () => {
    const written = await text(await sign(letter(), { validSeconds: 60, fields: ['From', 'X-None'] }));
    expect(written).toContain('t=1700000000; x=1700000060;');
    expect(written.replace(/\s+/g, ' ')).toContain('h=from: from: x-none;');
    expect(await verify(written, keys.publicKey)).toBe(true);
  });

  test('takes a Date of another realm', async () => {
    const now = new Date(1_700_000_000_000);
    Object.setPrototypeOf(now, Object.create(null, Object.getOwnPropertyDescriptors(Date.prototype)));
    expect(now instanceof Date).toBe(false);
    const signed = await signDkim(letter(), { ...signing, now, privateKey: edKeys.privateKey });
    expect(latin1(await signed.bytes())).toMatch(/t=1700000000;/);
  });

  test('signs a field whose last octet is A0', async () => {
    for (const end of ['', '\r\n\r\nx\r\n']) {
      const header = new TextEncoder().encode(`From: a@example.org\r\nSubject: voil\u00e0${end}`);
      const raw = new Composed({ from: '', to: [] }, '', [header], 0);
      const written = await text(await sign(raw));
      expect(await verify(end === '' ? `${written}\r\n\r\n` : written, keys.publicKey)).toBe(true);
    }
  });

  test('signs a binary body with CR and LF that are no line end', async () => {
    const content = bytesOf('a\rb\n \r c\r\r\n\n\r\n\r');
    const message = compose({ ...addresses, body: part('application/x', content, { encoding: 'binary' }) });
    const written = await text(await sign(message));
    expect(written.endsWith(latin1(content))).toBe(true);
    expect(await verify(written, keys.publicKey)).toBe(true);
  });

  test('signs a message without a body', async () => {
    const bare = new Composed({ from: '', to: [] }, '', ['From: a@example.org\r\n'], 0);
    const written = await text(await sign(bare));
    expect(written).toContain('bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });
});

describe('what signDkim refuses', () => {
  test.each([
    ['a selector with a space', { selector: 'a b' }, 'invalid-option'],
    ['a selector with an empty label', { selector: 'a..b' }, 'invalid-option'],
    ['a selector that ends in a period', { selector: 'a.' }, 'invalid-option'],
    ['a selector with a label of 64 octets', { selector: 'a'.repeat(64) }, 'invalid-option'],
    ['a selector of 2,000 octets', { selector: 'a'.repeat(2000) }, 'invalid-option'],
    ['a selector that no name has room for', { selector: `${'a.'.repeat(116)}a` }, 'invalid-option'],
    ['a field name with a line end', { fields: ['from', 'x\r\nEvil: y'] }, 'invalid-option'],
    ['a field name with another tag', { fields: ['from', 'a; d=evil.test'] }, 'invalid-option'],
    ['a field name that is a space', { fields: ['from', ' '] }, 'invalid-option'],
    ['a field name beyond ASCII', { fields: ['from', 'é'] }, 'invalid-option'],
    ['an empty field name', { fields: ['from', ''] }, 'invalid-option'],
    ['a field name that is no string', { fields: ['from', 1 as never] }, 'invalid-option'],
    ['field names in a string', { fields: 'from' as never }, 'invalid-option'],
    ['half a second', { validSeconds: 1.5 }, 'invalid-option'],
    ['no number of seconds', { validSeconds: Number.NaN }, 'invalid-option'],
    ['seconds in a string', { validSeconds: '60' as never }, 'invalid-option'],
    ['an end before the beginning', { validSeconds: -5 }, 'invalid-option'],
    ['an end of thirteen digits', { validSeconds: 10 ** 12 }, 'invalid-option'],
    ['an invalid Date', { now: new Date(Number.NaN) }, 'invalid-option'],
    ['a time before 1970', { now: new Date(-1) }, 'invalid-option'],
    ['a time that is no Date', { now: 1_700_000_000_000 as never }, 'invalid-option'],
    ['a domain with a path', { domain: 'example.org/x' }, 'invalid-domain'],
    ['a signature without From', { fields: ['To'] }, 'invalid-option'],
    ['a key that is no PEM', { privateKey: 'secret' }, 'signing-failed'],
    ['a PEM that is no key', { privateKey: armour('PRIVATE KEY', 'AAAA') }, 'signing-failed'],
  ])('%s', async (_, options, code) => {
    const signed = signDkim(letter(), { ...signing, privateKey: rsaKeys.privateKey, ...options });
    await expect(signed).rejects.toThrow(
      expect.objectContaining({ code, message: expect.not.stringContaining('secret') }),
    );
  });

  test('a key for something else', async () => {
    const { privateKey } = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    await expect(signDkim(letter(), { ...signing, privateKey })).rejects.toThrow(
      expect.objectContaining({ code: 'signing-failed' }),
    );
    const sha512 = (await crypto.subtle.generateKey({ ...rsa, hash: 'SHA-512' }, false, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    await expect(signDkim(letter(), { ...signing, privateKey: sha512.privateKey })).rejects.toThrow(
      expect.objectContaining({ code: 'signing-failed' }),
    );
  });

  // Not every runtime makes keys of any length: these two all of them do.
  test.each([512, 896])('an RSA key of %i bits (RFC 8301 §3.2), as CryptoKey and as PEM', async bits => {
    const short = (await crypto.subtle.generateKey({ ...rsa, modulusLength: bits }, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    for (const privateKey of [short.privateKey, await pem(short.privateKey)])
      await expect(signDkim(letter(), { ...signing, privateKey })).rejects.toThrow(
        expect.objectContaining({ code: 'signing-failed', message: expect.stringContaining('1024 bits') }),
      );
  });

  test('a key that is octets, another object, or public; and none, no domain, no selector', async () => {
    const key = await pem(rsaKeys.privateKey);
    for (const [wrong, code] of [
      [{ privateKey: new TextEncoder().encode(key) }, 'signing-failed'],
      [{ privateKey: { type: 'private', asymmetricKeyType: 'rsa' } }, 'signing-failed'],
      [{ privateKey: await crypto.subtle.exportKey('jwk', rsaKeys.privateKey) }, 'signing-failed'],
      [{ privateKey: rsaKeys.publicKey }, 'signing-failed'],
      [{ privateKey: key.replaceAll('\n', '\\n') }, 'signing-failed'],
      [{ privateKey: undefined }, 'signing-failed'],
      [{ privateKey: rsaKeys.privateKey, domain: undefined }, 'invalid-option'],
      [{ privateKey: rsaKeys.privateKey, selector: undefined }, 'invalid-option'],
    ] as const)
      await expect(signDkim(letter(), { ...signing, ...wrong } as never)).rejects.toThrow(
        expect.objectContaining({ name: 'MimeError', code }),
      );
  });

  test('a header without an end', async () => {
    const endless = new Composed({ from: '', to: [] }, '', [new Uint8Array(2 * 1024 * 1024).fill(0x61)], 0);
    await expect(signDkim(endless, { ...signing, privateKey: rsaKeys.privateKey })).rejects.toThrow(
      expect.objectContaining({ code: 'signing-failed' }),
    );
  });
});

describe('canonical form', () => {
  test('of fields (RFC 6376 §3.4.5)', () => {
    expect(relaxField('A: X\r\n')).toBe('a:X');
    expect(relaxField('B : Y\t\r\n\tZ  \r\n')).toBe('b:Y Z');
    expect(relaxField('C:\t\xc3\xa0\x0b ')).toBe('c:\xc3\xa0\x0b');
  });

  const digest = async (text: string) =>
    base64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(text))));
  test.each([
    [' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['', ''],
    ['\r\n \r\n\r\n', ''],
    ['no line end', 'no line end\r\n'],
    ['\r\n\r\na\r\n', '\r\n\r\na\r\n'],
    ['a\rb', 'a\rb\r\n'],
    ['a \r\r\nb \r', 'a \r\r\nb \r\r\n'],
    ['\r', '\r\r\n'],
    ['a \nb\n', 'a \nb\n\r\n'],
  ])('of the body %j (RFC 6376 §3.4.4, §3.4.5), at every two-way split', async (body, relaxed) => {
    const expected = await digest(relaxed);
    for (let split = 0; split <= body.length; split++) {
      const hash = new RelaxedBodyHash();
      hash.update(bytesOf(body.slice(0, split)));
      hash.update(bytesOf(body.slice(split)));
      expect(base64(hash.digest())).toBe(expected);
    }
  });
});

describe('Sha256', () => {
  test.each([0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_000])(
    'agrees with Web Crypto on %i octets, whole and in parts',
    async length => {
      const octets = Uint8Array.from({ length }, (_, i) => i * 31);
      const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
      for (const step of [length + 1, 1 + (length >> 3), 7]) {
        const hash = new Sha256();
        for (let at = 0; at < length; at += step) hash.update(octets.subarray(at, at + step));
        expect(hash.digest()).toEqual(expected);
      }
    },
  );
});
