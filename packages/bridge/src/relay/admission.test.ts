import { describe, expect, it } from 'vitest';
import { pageOrigin, relayTestBed } from '../../fixture/relay-set-up.ts';
import type { ScriptedBrowser } from '../../fixture/scripted-browser.ts';
import { ScriptedMailServer } from '../../fixture/scripted-mail-server.ts';
import { createRelay } from './relay.ts';
import { mintRelayToken } from './token.ts';

/** What a browser hears of a failure, all of it. */
async function ending(browser: ScriptedBrowser) {
  const { code, reason } = await browser.closed;
  return { heard: browser.heard, code, reason, text: browser.text };
}

const policyRefusal = {
  heard: [
    {
      t: 'error',
      code: 'E_POLICY',
      phase: 'open',
      retryable: false,
      message: 'Ask the operator of this relay: its policy refuses the request',
    },
  ],
  code: 4403,
  reason: 'E_POLICY',
  text: '',
};
const tokenRefusal = {
  heard: [
    {
      t: 'error',
      code: 'E_TOKEN',
      phase: 'open',
      retryable: false,
      message: 'Fetch a new token: this one is not valid here',
    },
  ],
  code: 4401,
  reason: 'E_TOKEN',
  text: '',
};

type Peer = { origin?: string; remoteAddress?: string };
const here: Peer = { origin: pageOrigin, remoteAddress: '192.0.2.7' };

const policyAttacks: readonly (readonly [string, Peer, string, object])[] = [
  ['no origin', { remoteAddress: '192.0.2.7' }, 'default', {}],
  ['origin null', { ...here, origin: 'null' }, 'default', { org: ['null'] }],
  ['another site', { ...here, origin: 'https://evil.test' }, 'default', { org: ['https://evil.test'] }],
  ['a site that begins alike', { ...here, origin: `${pageOrigin}.evil.test` }, 'default', {}],
  ['another port', { ...here, origin: `${pageOrigin}:8443` }, 'default', {}],
  ['an origin the token is not for', { ...here, origin: 'https://other.example.com' }, 'default', {}],
  ['an alias the token is not for', here, 'default', { tgt: ['raw'] }],
  ['an alias that is not there', here, 'absent', {}],
  ['an alias in other letters', here, 'DEFAULT', { tgt: ['DEFAULT'] }],
  ['a built-in name', here, 'constructor', { tgt: ['constructor'] }],
  ['__proto__', here, '__proto__', { tgt: ['__proto__'] }],
  ['nothing', here, '', { tgt: [''] }],
  ['a host and port', here, '127.0.0.1:25', { tgt: ['127.0.0.1:25'] }],
  ['a metadata address', here, '169.254.169.254:80', { tgt: ['169.254.169.254:80'] }],
  ['a URL', here, 'smtp://mx.test:25/', { tgt: ['smtp://mx.test:25/'] }],
  ['an alias and NUL', here, 'default\0', { tgt: ['default\0'] }],
  ['an alias and a line break', here, 'default\r\nMAIL', { tgt: ['default\r\nMAIL'] }],
  ['an alias and a full stop of another script', here, 'default。', { tgt: ['default。'] }],
];

describe('what policy refuses', () => {
  it.each(policyAttacks)('%s: the same words after the same time', async (_, peer, target, change) => {
    const server = new ScriptedMailServer();
    const { clock, mint, join, log } = relayTestBed(server);
    const browser = join(peer);
    browser.open(await mint(change), target);
    await clock.advance(249);
    expect(browser.heard).toEqual([]);
    await clock.advance(1);
    expect(await ending(browser)).toEqual(policyRefusal);
    await browser.session;
    expect(server.connections).toEqual([]);
    expect(log.map(({ event }) => event)).toEqual(['failed', 'closed']);
    // What the browser is not told, the operator is.
    expect(log[0]).toMatchObject({ detail: expect.any(String), target, origin: peer.origin });
    expect(clock.armed).toBe(0);
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['one private address among others', ['8.8.8.8', '192.168.0.1']],
    ['metadata', ['169.254.169.254']],
  ])('a destination that is %s: no different', async (_, addresses) => {
    const server = new ScriptedMailServer();
    const options = { resolve: async () => addresses };
    const { clock, mint, join } = relayTestBed(server, options, {
      host: 'mail.example',
      allowPrivate: false,
    });
    const browser = join();
    browser.open(await mint());
    await clock.advance(249);
    expect(browser.heard).toEqual([]);
    await clock.advance(1);
    expect(await ending(browser)).toEqual(policyRefusal);
    expect(server.connections).toEqual([]);
  });
});

describe('tokens', () => {
  it.each([
    ['empty', ''],
    ['nonsense', 'v1.e30.AAAA'],
    ['another secret', { kid: 'k1', secret: 'x'.repeat(32) }],
    ['an unknown key', { kid: 'k9', secret: 'x'.repeat(32) }],
  ])('%s: the same words after the same time', async (_, forged) => {
    const { clock, join } = relayTestBed(new ScriptedMailServer());
    const browser = join();
    const claims = { sub: 'u', org: [pageOrigin], from: [], now: clock.now() };
    browser.open(typeof forged === 'string' ? forged : await mintRelayToken(claims, forged));
    await clock.advance(249);
    expect(browser.heard).toEqual([]);
    await clock.advance(1);
    expect(await ending(browser)).toEqual(tokenRefusal);
  });

  it('expired, or for another audience: as well', async () => {
    const { clock, mint, join } = relayTestBed(new ScriptedMailServer());
    const old = await mint();
    const other = await mint({ aud: 'elsewhere' });
    await clock.advance(300_000);
    for (const token of [old, other]) {
      const browser = join();
      browser.open(token);
      await clock.advance(250);
      expect(await ending(browser)).toEqual(tokenRefusal);
    }
  });

  it('the operator alone learns why', async () => {
    const { clock, mint, join, log } = relayTestBed(new ScriptedMailServer());
    const browser = join({ origin: 'https://evil.test', remoteAddress: '192.0.2.7' });
    browser.open(await mint());
    await clock.advance(250);
    await browser.session;
    expect(log[0]).toMatchObject({
      event: 'failed',
      code: 'E_POLICY',
      detail: 'origin',
      origin: 'https://evil.test',
      remoteAddress: '192.0.2.7',
    });
  });

  it('programs without an origin come in where the operator lets them', async () => {
    const { mint, join } = relayTestBed(new ScriptedMailServer(), { allowNonBrowser: true });
    const program = join({});
    program.open(await mint());
    await program.control('opened');
    const sandboxed = join({ origin: 'null' });
    sandboxed.open(await mint());
    program.hangUp();
    sandboxed.hangUp();
  });
});

describe('quotas at the door', () => {
  it('counts the connections of a token, and forgets those that ended', async () => {
    const { clock, mint, join } = relayTestBed(new ScriptedMailServer());
    const token = await mint({ conns: 1, jti: 'one' });
    const first = join();
    first.open(token);
    await first.control('opened');
    const second = join();
    second.open(token);
    await clock.advance(250);
    expect(await ending(second)).toMatchObject({
      heard: [{ code: 'E_QUOTA', retryable: true, message: expect.stringContaining('conns') }],
      code: 4429,
    });
    first.hangUp();
    await clock.advance(5000);
    await first.session;
    const third = join();
    third.open(token);
    await third.control('opened');
  });

  it('has a limit that no token can exceed', async () => {
    const { clock, mint, join } = relayTestBed(new ScriptedMailServer(), { limits: { tokenConnections: 1 } });
    const token = await mint({ conns: 1000 });
    for (const code of ['opened', 'error'] as const) {
      const browser = join();
      browser.open(token);
      await clock.advance(250);
      await browser.control(code);
    }
  });

  it('takes ten of one address that have not shown a token, and any number of others', async () => {
    const { clock, mint, join } = relayTestBed(new ScriptedMailServer());
    const waiting = Array.from({ length: 10 }, () => join());
    expect(await ending(join())).toMatchObject({
      heard: [{ code: 'E_QUOTA', message: expect.stringContaining('of this address') }],
      code: 4429,
    });
    const neighbour = join({ origin: pageOrigin, remoteAddress: '192.0.2.8' });
    neighbour.open(await mint());
    await neighbour.control('opened');
    waiting[0]!.hangUp();
    await clock.advance(0);
    const late = join();
    late.open(await mint());
    await late.control('opened');
  });

  it('counts a network of IPv6 as one', async () => {
    const { join } = relayTestBed(new ScriptedMailServer());
    for (let host = 0; host < 10; host++) join({ origin: pageOrigin, remoteAddress: `2001:db8::${host}` });
    const eleventh = join({ origin: pageOrigin, remoteAddress: '2001:db8::ffff' });
    expect((await eleventh.closed).code).toBe(4429);
  });
});

describe('configuration', () => {
  const good = {
    targets: { default: { host: 'mail.example', port: 587, tls: 'starttls' } },
    keys: { k1: 'x'.repeat(32) },
    origins: [pageOrigin],
    connect: new ScriptedMailServer().connect,
  } as const;

  it.each([
    ['a short secret', { keys: { k1: 'short' } }, TypeError],
    ['a wildcard origin', { origins: ['*'] }, TypeError],
    [
      'a host with user information',
      { targets: { a: { ...good.targets.default, host: 'user@mail.example' } } },
      TypeError,
    ],
    ['port 25', { targets: { a: { ...good.targets.default, port: 25 } } }, RangeError],
    [
      'credentials in bytes mode',
      { targets: { a: { ...good.targets.default, mode: 'bytes', auth: () => [] } } },
      TypeError,
    ],
    ['sessions that outlast what is remembered of them', { limits: { totalMs: 3_600_000 } }, RangeError],
    ['an answer that is waited for as long', { limits: { finalMs: Number.POSITIVE_INFINITY } }, RangeError],
  ])('refuses %s', (_, change, error) => {
    expect(() => createRelay({ ...good, ...change } as never)).toThrow(error);
    expect(() => createRelay(good)).not.toThrow();
  });
});
