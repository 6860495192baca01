import { describe, expect, it } from 'vitest';
import { memoryPair } from '../connect/memory.ts';
import type { Connect, Socket } from '../socket.ts';
import { relayFaults } from './fault.ts';
import { createRelay, type RelayOptions } from './relay.ts';
import { ScriptedBrowser, webSocketPair } from './scripted-browser.ts';
import { mintRelayToken, type RelayGrant } from './token.ts';

const secret = 'canary-secret-of-at-least-thirty-two-octets';
const origin = 'https://app.example.com';
const grant: RelayGrant = { sub: 'user-1', org: [origin], tgt: ['default', 'raw'], from: ['@example.com'] };
const mint = (change: Partial<RelayGrant> = {}) =>
  mintRelayToken({ ...grant, ...change }, { kid: 'k1', secret });

function echoConnect(): { connect: Connect; sockets: Socket[] } {
  const sockets: Socket[] = [];
  const connect: Connect = (_, { secureTransport }) => {
    const [near, far] = memoryPair(secureTransport);
    sockets.push(far);
    far.readable.pipeTo(far.writable).catch(() => {});
    return near;
  };
  return { connect, sockets };
}

const raw = { host: '127.0.0.1', port: 587, tls: 'none', mode: 'bytes', allowPrivate: true } as const;

function setUp(change: Partial<RelayOptions> = {}) {
  const relay = createRelay({
    targets: { raw },
    keys: { k1: secret },
    origins: [origin],
    connect: echoConnect().connect,
    limits: { refusalMs: 20 },
    ...change,
  });
  const join = (peer: { origin?: string; remoteAddress?: string } = { origin }) => {
    const pair = webSocketPair();
    const session = relay.accept(pair.relay, peer);
    return Object.assign(new ScriptedBrowser(pair.browser), { session });
  };
  return { relay, join };
}

describe('bytes mode', () => {
  it('passes octets both ways', async () => {
    const { join } = setUp();
    const browser = join();
    browser.open(await mint(), 'raw');
    expect(await browser.control('opened')).toMatchObject({ mode: 'bytes', window: 262_144, secure: null });
    await browser.write('hello\r\n');
    expect(await browser.until(/\n$/)).toBe('hello\r\n');
    browser.say({ t: 'end' });
    await browser.control('end');
    expect(await browser.closed).toEqual({ code: 1000, reason: '' });
    await browser.session;
  });
});
