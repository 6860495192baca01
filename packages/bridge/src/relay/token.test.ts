import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from './base64url.ts';
import { mintRelayToken, type RelayClaims, type RelayGrant, verifyRelayToken } from './token.ts';

const secret = 'canary-secret-of-at-least-thirty-two-octets';
const key = { kid: 'k1', secret };
const keys = { k1: secret };
const now = 1_800_000_000_000;
const grant: RelayGrant = { sub: 'user-1', org: ['https://app.example.com'], from: ['ann@example.com'], now };

/** What Node's own HMAC makes of the same claims: the format, from another hand. */
function sign(claims: unknown, secretUsed = secret, version = 'v1'): string {
  const signed = `${version}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secretUsed).update(signed).digest('base64url')}`;
}

const good: RelayClaims = {
  kid: 'k1',
  iat: 1_800_000_000,
  exp: 1_800_000_300,
  jti: 'j1',
  aud: 'smtp-bridge.v1',
  org: ['https://app.example.com'],
  tgt: ['default'],
  from: ['ann@example.com'],
  rcpt: 100,
  bytes: 36_700_160,
  conns: 2,
  sub: 'user-1',
};

describe('mintRelayToken', () => {
  it('makes what another HMAC makes of the claims', async () => {
    const token = await mintRelayToken({ ...grant, jti: 'j1' }, key);
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
    expect(claims).toEqual(good);
    expect(token).toBe(sign(claims));
  });

  it('gives every token a name of its own', async () => {
    const names = new Set<string>();
    for (let i = 0; i < 10; i++) {
      names.add((await verifyRelayToken(await mintRelayToken(grant, key), { keys, now })).jti);
    }
    expect(names.size).toBe(10);
  });

  it('takes a secret of octets', async () => {
    const octets = crypto.getRandomValues(new Uint8Array(32));
    const token = await mintRelayToken(grant, { kid: 'k2', secret: octets });
    expect((await verifyRelayToken(token, { keys: { k2: octets }, now })).kid).toBe('k2');
  });

  it.each([
    ['a short secret', {}, { kid: 'k1', secret: 'x'.repeat(31) }, TypeError],
    ['no subject', { sub: '' }, key, TypeError],
    ['a subject with a line break', { sub: 'a\r\nb' }, key, TypeError],
    ['no connection', { conns: 0 }, key, TypeError],
    ['a fraction of a recipient', { rcpt: 1.5 }, key, TypeError],
    ['a life too long', { lifetime: 301 }, key, RangeError],
    ['no life', { lifetime: 0 }, key, RangeError],
    ['a life that is no number', { lifetime: Number.NaN }, key, Error],
  ])('refuses %s', async (_, change, keyUsed, error) => {
    await expect(mintRelayToken({ ...grant, ...change }, keyUsed)).rejects.toBeInstanceOf(error);
  });
});

const valid = sign(good);
const [, payload = '', mac = ''] = valid.split('.');
const flipped = mac.startsWith('A') ? `B${mac.slice(1)}` : `A${mac.slice(1)}`;

const attacks: readonly (readonly [string, string, string])[] = [
  ['empty', '', 'token-malformed'],
  ['no MAC', `v1.${payload}`, 'token-signature'],
  ['an empty MAC', `v1.${payload}.`, 'token-signature'],
  ['a fourth part', `${valid}.x`, 'token-malformed'],
  ['another version', sign(good, secret, 'v2'), 'token-malformed'],
  ['a JWT without algorithm', 'eyJhbGciOiJub25lIn0.e30.', 'token-malformed'],
  ['padding', `${valid}=`, 'token-malformed'],
  ['base64 instead of base64url', valid.replace(mac, `+/${mac.slice(2)}`), 'token-malformed'],
  ['a second spelling of the MAC', respell(valid), 'token-malformed'],
  ['a flipped MAC', `v1.${payload}.${flipped}`, 'token-signature'],
  ['a short MAC', `v1.${payload}.${mac.slice(0, 20)}`, 'token-signature'],
  ['another secret', sign(good, 'another-secret-that-is-long-enough-to-use'), 'token-signature'],
  ['an empty secret', sign(good, ''), 'token-signature'],
  [
    'changed claims',
    `v1.${Buffer.from(JSON.stringify({ ...good, sub: 'x' })).toString('base64url')}.${mac}`,
    'token-signature',
  ],
  ['an unknown key', sign({ ...good, kid: 'k9' }), 'token-key'],
  ['a key named as a built-in', sign({ ...good, kid: 'constructor' }), 'token-key'],
  [
    'a key named __proto__',
    sign(JSON.parse(JSON.stringify(good).replace('"k1"', '"__proto__"'))),
    'token-key',
  ],
  ['claims that are no object', sign([]), 'token-malformed'],
  [
    'claims that are no JSON',
    `v1.${encodeBase64url(new TextEncoder().encode('{'))}.${mac}`,
    'token-malformed',
  ],
  [
    'claims that are no UTF-8',
    `v1.${encodeBase64url(new Uint8Array([0xff, 0xfe]))}.${mac}`,
    'token-malformed',
  ],
  ['a claim missing', sign({ ...good, from: undefined }), 'token-malformed'],
  ['a claim too many', sign({ ...good, admin: true }), 'token-malformed'],
  ['a claim of the wrong type', sign({ ...good, tgt: 'default' }), 'token-malformed'],
  ['another audience', sign({ ...good, aud: 'other' }), 'token-audience'],
  ['expired', sign({ ...good, iat: good.iat - 300, exp: good.iat }), 'token-expired'],
  ['too long a life', sign({ ...good, exp: good.iat + 301 }), 'token-time'],
  ['from the future', sign({ ...good, iat: good.iat + 31, exp: good.exp + 31 }), 'token-time'],
  ['a life that ends before it begins', sign({ ...good, exp: good.iat - 1 }), 'token-expired'],
  ['too long to look at', `v1.${'A'.repeat(9000)}.${mac}`, 'token-malformed'],
];

/** The last character of 43 carries two bits that nobody reads: four spellings of one MAC. */
function respell(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.at(-1)!);
  return token.slice(0, -1) + alphabet[last ^ 1];
}

describe('verifyRelayToken', () => {
  it('takes what Node signed', async () => {
    expect(await verifyRelayToken(valid, { keys, now })).toEqual(good);
  });

  it('forgives a clock that is 30 seconds ahead', async () => {
    const early = sign({ ...good, iat: good.iat + 30, exp: good.exp + 30 });
    expect((await verifyRelayToken(early, { keys, now })).sub).toBe('user-1');
  });

  it('takes an audience of the operator’s own', async () => {
    const token = await mintRelayToken({ ...grant, aud: 'relay.example' }, key);
    expect((await verifyRelayToken(token, { keys, audience: 'relay.example', now })).aud).toBe(
      'relay.example',
    );
  });

  it.each(attacks)('refuses %s, with one error for all', async (_, token, detail) => {
    const error = await verifyRelayToken(token, { keys, now }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'E_TOKEN',
      phase: 'open',
      closeCode: 4401,
      message: 'Fetch a new token: this one is not valid here',
      detail,
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary');
  });
});
