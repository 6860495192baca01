import { describe, expect, test } from 'vitest';
import { CleartextExchange } from './cleartext-exchange.ts';
import { cramMd5 } from './cram-md5.ts';
import { external } from './external.ts';
import { login } from './login.ts';
import type { SaslMechanism } from './mechanism.ts';
import { oauthBearer } from './oauthbearer.ts';
import { decodePlain, plain } from './plain.ts';
import { scramSha1, scramSha256 } from './scram.ts';
import { xoauth2 } from './xoauth2.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const say = async (mechanism: SaslMechanism, challenge: string | null) =>
  new TextDecoder().decode(await mechanism.respond(challenge === null ? null : utf8(challenge)));

test.each([
  [plain({ user: 'u', pass: 'p' }), 'PLAIN', true, true],
  [login({ user: 'u', pass: 'p' }), 'LOGIN', false, true],
  [cramMd5({ user: 'u', pass: 'p' }), 'CRAM-MD5', false, false],
  [external(), 'EXTERNAL', true, false],
  [xoauth2({ user: 'u', accessToken: 't' }), 'XOAUTH2', true, true],
  [oauthBearer({ accessToken: 't' }), 'OAUTHBEARER', true, true],
])('%o says what it is', (mechanism, name, clientFirst, cleartext) => {
  expect(mechanism).toMatchObject({ name, clientFirst, cleartext });
});

describe.each([undefined, null, 7, ['canary'], { canary: 'canary' }, () => 'canary'])(
  '%o is no text',
  value => {
    const wrong = value as never;
    const user = 'ann';
    test.each<[string, () => SaslMechanism]>([
      ['user', () => plain({ user: wrong, pass: 'p' })],
      ['pass', () => plain({ user, pass: wrong })],
      ['pass', () => login({ user, pass: wrong })],
      ['pass', () => cramMd5({ user, pass: wrong })],
      ['user', () => xoauth2({ user: wrong, accessToken: 't' })],
    ])('%s', (name, make) => {
      expect(make).toThrow(new TypeError(`Give ${name} as a string`));
    });

    test.each([{ user: wrong }, { pass: wrong }])('SCRAM: %o', more => {
      const credentials = { user, pass: 'p', ...more };
      const refusal = new TypeError('Give user and pass as text that SASLprep allows (RFC 4013)');
      expect(() => scramSha1(credentials)).toThrow(refusal);
      expect(() => scramSha256(credentials)).toThrow(refusal);
    });

    test('access token', async () => {
      const refusal = new TypeError(`Give accessToken as a string`);
      for (const make of [xoauth2, oauthBearer]) {
        if (typeof value !== 'function') expect(() => make({ user, accessToken: wrong })).toThrow(refusal);
        await expect(make({ user, accessToken: () => wrong }).respond(null)).rejects.toThrow(refusal);
      }
    });
  },
);

test('a password of its own is no credentials', () => {
  const make = plain as unknown as (user: string, pass: string) => SaslMechanism;
  expect(() => make('ann', 'canary')).toThrow(new TypeError('Give user as a string'));
});

describe('PLAIN', () => {
  test.each([
    ['RFC 4616 §4', { user: 'tim', pass: 'tanstaaftanstaaf' }, '\0tim\0tanstaaftanstaaf'],
    ['RFC 4616 §4', { user: 'Kurt', pass: 'xipj3plmq', authzid: 'Ursel' }, 'Ursel\0Kurt\0xipj3plmq'],
    ['UTF-8', { user: 'ü', pass: 'ö\u{1f600}' }, '\0ü\0ö\u{1f600}'],
  ])('%s', async (_, credentials, message) => {
    expect(await say(plain(credentials), null)).toBe(message);
    expect(decodePlain(utf8(message))).toEqual({ authzid: '', ...credentials });
  });

  test.each([{ user: 'u\0' }, { pass: 'p\0' }, { authzid: '\0' }])('NUL in %j is refused', more => {
    expect(() => plain({ user: 'u', pass: 'p', ...more })).toThrow(TypeError);
  });

  test.each(['', 'u\0p', '\0\0p', '\0u\0p\0', 'u'])('%j is malformed', message => {
    expect(decodePlain(utf8(message))).toBeUndefined();
  });

  test('octets that are not UTF-8 are malformed', () => {
    expect(decodePlain(Uint8Array.of(0, 0xff, 0, 0x70))).toBeUndefined();
  });
});

test('LOGIN answers prompts in order, whatever they say, and no third', async () => {
  const mechanism = login({ user: 'u', pass: 'p' });
  expect(mechanism.lenientChallenge).toBe(true);
  expect(await say(mechanism, 'Username:')).toBe('u');
  expect(await say(mechanism, '')).toBe('p');
  expect(() => mechanism.respond(utf8('again'))).toThrow('more');
});

describe('CRAM-MD5', () => {
  test('RFC 2195 §2', async () => {
    const mechanism = cramMd5({ user: 'tim', pass: 'tanstaaftanstaaf' });
    expect(await say(mechanism, '<1896.697170952@postoffice.reston.mci.net>')).toBe(
      'tim b913a602c7eda7a495b4e6e7334d3890',
    );
  });

  test('does not begin', () => {
    expect(() => cramMd5({ user: 'u', pass: 'p' }).respond(null)).toThrow('challenge');
  });
});

describe('EXTERNAL', () => {
  test('sends the identity, or nothing', async () => {
    expect(await say(external(), null)).toBe('');
    expect(await say(external({ authzid: 'u@x.test' }), null)).toBe('u@x.test');
  });

  test('NUL is refused', () => {
    expect(() => external({ authzid: '\0' })).toThrow(TypeError);
  });
});

describe('XOAUTH2', () => {
  test.each([['t'], [() => 't'], [async () => 't']])('takes the token from %o', async accessToken => {
    expect(await say(xoauth2({ user: 'u@x.test', accessToken }), null)).toBe(
      'user=u@x.test\x01auth=Bearer t\x01\x01',
    );
  });

  test('an explanation is answered with nothing and kept', async () => {
    const mechanism = xoauth2({ user: 'u', accessToken: 't' });
    expect(mechanism.errorDetail!()).toBeUndefined();
    expect(await say(mechanism, '{"status":"401"}')).toBe('');
    expect(mechanism.errorDetail!()).toBe('{"status":"401"}');
  });

  test.each([{ user: 'u\x01' }, { accessToken: 't\n' }])('%j is refused', async more => {
    await expect(say(xoauth2({ user: 'u', accessToken: 't', ...more }), null)).rejects.toThrow(TypeError);
  });
});

describe('OAUTHBEARER', () => {
  test('RFC 7628 §4.1', async () => {
    const mechanism = oauthBearer({
      user: 'user@example.com',
      host: 'server.example.com',
      port: 143,
      accessToken: async () => 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
    });
    expect(await say(mechanism, null)).toBe(
      'n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01',
    );
  });

  test('without user; a comma in the user is escaped', async () => {
    expect(await say(oauthBearer({ accessToken: 't' }), null)).toBe('n,,\x01auth=Bearer t\x01\x01');
    expect(await say(oauthBearer({ user: 'a,b=c', accessToken: 't' }), null)).toMatch(/^n,a=a=2Cb=3Dc,\x01/);
  });

  test('an explanation is answered with one %x01 and kept (RFC 7628 §3.2.3)', async () => {
    const mechanism = oauthBearer({ accessToken: 't' });
    expect(await say(mechanism, '{"status":"invalid_token"}')).toBe('\x01');
    expect(mechanism.errorDetail!()).toBe('{"status":"invalid_token"}');
  });

  test.each([{ user: '\x01' }, { host: '\n' }, { accessToken: '\0' }])('%j is refused', async more => {
    await expect(say(oauthBearer({ accessToken: 't', ...more }), null)).rejects.toThrow(TypeError);
  });
});

describe('the server side of PLAIN and LOGIN', () => {
  const first = (mechanism: string, response: string | null) => ({
    mechanism,
    response: response === null ? null : utf8(response),
    initial: true,
  });
  const then = (mechanism: string, response: string) => ({ ...first(mechanism, response), initial: false });
  const credentials = { authzid: '', user: 'u', pass: 'p' };

  test('PLAIN, with an initial response and without', () => {
    const exchange = new CleartextExchange();
    expect(exchange.step(first('PLAIN', '\0u\0p'))).toEqual({ credentials });
    expect(exchange.step(first('PLAIN', null))).toEqual({ challenge: utf8('') });
    expect(exchange.step(then('PLAIN', '\0u\0p'))).toEqual({ credentials });
    expect(exchange.step(then('PLAIN', 'u'))).toBeUndefined();
  });

  test('LOGIN, with an initial response and without, also after a cancelled exchange', () => {
    const exchange = new CleartextExchange();
    expect(exchange.step(first('LOGIN', null))).toEqual({ challenge: utf8('Username:') });
    expect(exchange.step(then('LOGIN', 'x'))).toEqual({ challenge: utf8('Password:') });
    expect(exchange.step(first('LOGIN', 'u'))).toEqual({ challenge: utf8('Password:') });
    expect(exchange.step(then('LOGIN', 'p'))).toEqual({ credentials });
  });

  test('no other mechanism', () => {
    expect(new CleartextExchange().step(first('CRAM-MD5', null))).toBeUndefined();
  });
});
