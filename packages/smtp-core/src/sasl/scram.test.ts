import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SaslMechanism } from './mechanism.ts';
import { type ScramCredentials, scramSha1, scramSha256 } from './scram.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const say = async (mechanism: SaslMechanism, challenge: string | null) =>
  new TextDecoder().decode(await mechanism.respond(challenge === null ? null : utf8(challenge)));

const SHA1 = {
  mechanism: (more: Partial<ScramCredentials> = {}) =>
    scramSha1({ user: 'user', pass: 'pencil', nonce: 'fyko+d2lbbFgONRv9qkxdawL', ...more }),
  serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
  serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
};

test('RFC 5802 §5: SCRAM-SHA-1', async () => {
  const mechanism = SHA1.mechanism();
  expect(mechanism).toMatchObject({ name: 'SCRAM-SHA-1', clientFirst: true, cleartext: false });
  expect(await say(mechanism, null)).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL');
  expect(await say(mechanism, SHA1.serverFirst)).toBe(
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
  );
  expect(mechanism.verified!()).toBe(false);
  expect(await say(mechanism, SHA1.serverFinal)).toBe('');
  expect(mechanism.verified!()).toBe(true);
});

test('RFC 7677 §3: SCRAM-SHA-256', async () => {
  const mechanism = scramSha256({ user: 'user', pass: 'pencil', nonce: 'rOprNGfwEbeRWgbNEkqO' });
  expect(mechanism.name).toBe('SCRAM-SHA-256');
  expect(await say(mechanism, null)).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
  expect(
    await say(
      mechanism,
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    ),
  ).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  );
  expect(await say(mechanism, 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe('');
  expect(mechanism.verified!()).toBe(true);
});

/** A server of another make: checks the proof against the whole conversation, and proves itself. */
function server(pass: string, channelBinding: string) {
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  let bare = '';
  let first = '';
  return {
    first(clientFirst: string) {
      bare = clientFirst.replace(/^[^,]*,[^,]*,/, '');
      first = `r=${/r=(.*)$/.exec(bare)![1]}more,s=c2FsdA==,i=5000,x=extension`;
      return first;
    },
    final(clientFinal: string) {
      const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(clientFinal)!;
      expect(withoutProof.split(',')[0]).toBe(
        `c=${Buffer.from(channelBinding, 'latin1').toString('base64')}`,
      );
      const salted = pbkdf2Sync(pass, 'salt', 5000, 32, 'sha256');
      const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
      const message = `${bare},${first},${withoutProof}`;
      const mask = hmac(stored, message);
      const key = Buffer.from(proof, 'base64').map((octet, i) => octet ^ mask[i]!);
      expect(createHash('sha256').update(key).digest()).toEqual(stored);
      return `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`;
    },
  };
}

test.each<[string, Partial<ScramCredentials>, string, string]>([
  ['no binding', {}, 'SCRAM-SHA-256', 'n,,'],
  ['binding that the server does not offer', { channelBinding: 'not-offered' }, 'SCRAM-SHA-256', 'y,,'],
  ['another identity', { authzid: 'a=b,c' }, 'SCRAM-SHA-256', 'n,a=a=3Db=2Cc,'],
  [
    'binding',
    { channelBinding: { type: 'tls-exporter', data: Uint8Array.of(1, 255) } },
    'SCRAM-SHA-256-PLUS',
    'p=tls-exporter,,',
  ],
])('%s', async (_, more, name, header) => {
  const mechanism = scramSha256({ user: 'u=,\u2168', pass: 'p\u00a0ss', ...more });
  expect(mechanism.name).toBe(name);
  const peer = server('p ss', typeof more.channelBinding === 'object' ? `${header}\x01\xff` : header);
  for (let exchange = 0; exchange < 2; exchange++) {
    const clientFirst = await say(mechanism, null);
    expect(mechanism.verified!()).toBe(false);
    expect(clientFirst).toMatch(new RegExp(`^${header}n=u=3D=2CIX,r=[^,]{24}$`));
    const clientFinal = await say(mechanism, peer.first(clientFirst));
    await say(mechanism, peer.final(clientFinal));
    expect(mechanism.verified!()).toBe(true);
  }
});

test('a challenge that says nothing asks for the first message', async () => {
  const mechanism = SHA1.mechanism();
  expect(await say(mechanism, '')).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL');
  await say(mechanism, SHA1.serverFirst);
  await say(mechanism, SHA1.serverFinal);
  expect(mechanism.verified!()).toBe(true);
});

test('nonces differ', async () => {
  const first = () => say(scramSha256({ user: 'u', pass: 'p' }), null);
  expect(await first()).not.toBe(await first());
});

describe('a server that cannot be trusted', () => {
  test.each([
    ['another nonce', 'r=other,s=QSXCR+Q6sek8bf92,i=4096'],
    ['no nonce of its own', 'r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096'],
    ['too few iterations', SHA1.serverFirst.replace('4096', '4095')],
    ['absurdly many iterations', SHA1.serverFirst.replace('4096', '10000000')],
    ['no iterations', SHA1.serverFirst.replace(',i=4096', '')],
    ['a malformed salt', SHA1.serverFirst.replace('bf92', 'bf9')],
    ['a mandatory extension', `m=x,${SHA1.serverFirst}`],
    ['nothing', ''],
    ['an error at once', 'e=other-error'],
  ])('%s', async (_, serverFirst) => {
    const mechanism = SHA1.mechanism();
    await mechanism.respond(null);
    await expect(say(mechanism, serverFirst)).rejects.toThrow('The server');
    expect(mechanism.verified!()).toBe(false);
    expect(mechanism.errorDetail!()).toBe(serverFirst.startsWith('e=') ? 'other-error' : undefined);
  });

  test.each([
    'v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'v=',
    '',
    'x',
    'v=rmF9pqV8S7suAoZWja4dJRkFsKQ',
    'e=invalid-proof',
  ])('signature %j', async serverFinal => {
    const mechanism = SHA1.mechanism();
    await mechanism.respond(null);
    await say(mechanism, SHA1.serverFirst);
    await expect(say(mechanism, serverFinal)).rejects.toThrow('prove');
    expect(mechanism.verified!()).toBe(false);
    expect(mechanism.errorDetail!()).toBe(serverFinal === 'e=invalid-proof' ? 'invalid-proof' : undefined);
  });

  test('a third challenge takes its word back', async () => {
    const mechanism = SHA1.mechanism();
    await mechanism.respond(null);
    await say(mechanism, SHA1.serverFirst);
    await say(mechanism, SHA1.serverFinal);
    await expect(say(mechanism, SHA1.serverFinal)).rejects.toThrow('prove');
    expect(mechanism.verified!()).toBe(false);
  });
});

test.each([{ nonce: 'a,b' }, { nonce: '' }, { nonce: 'ö' }, { user: '\x07' }, { pass: '\ue000' }])(
  '%j is refused',
  more => {
    expect(() => SHA1.mechanism(more)).toThrow(TypeError);
  },
);
