import { describe, expect, it } from 'vitest';
import { relayTestBed } from '../../fixture/relay-set-up.ts';
import type { ScriptedBrowser } from '../../fixture/scripted-browser.ts';
import { ScriptedMailServer } from '../../fixture/scripted-mail-server.ts';
import { encodeControl, maxBinaryOctets } from './protocol.ts';

const octets = (count: number) => new Uint8Array(count).fill(120);
const id = '0123456789abcdef0123456789abcdef';

async function failure(browser: ScriptedBrowser) {
  const { code } = await browser.closed;
  const error = browser.heard.find(control => control.t === 'error');
  return { close: code, code: error?.code, phase: error?.phase };
}

describe('before the session is open', () => {
  it.each<[string, (browser: ScriptedBrowser) => void]>([
    ['octets first', browser => browser.push(octets(1))],
    ['nothing that is JSON', browser => browser.say('EHLO page.test')],
    ['another control first', browser => browser.say({ t: 'txn', id })],
    ['a ping first', browser => browser.say({ t: 'ping', n: 1 })],
    [
      'an unknown key',
      browser => browser.say('{"t":"open","v":1,"token":"","target":"","window":65536,"host":"x"}'),
    ],
    ['an open of more than 8 KiB', browser => browser.open('x'.repeat(8192))],
  ])('%s is refused with 4400', async (_, act) => {
    const browser = relayTestBed(new ScriptedMailServer()).join();
    act(browser);
    expect(await failure(browser)).toEqual({ close: 4400, code: 'E_PROTOCOL', phase: 'open' });
  });

  it.each<[string, (browser: ScriptedBrowser) => void]>([
    ['a second open', browser => browser.open('again')],
    ['octets without credit', browser => browser.push(octets(1))],
    ['the end', browser => browser.say({ t: 'end' })],
    ['a transaction', browser => browser.say({ t: 'txn', id })],
  ])('%s while the relay connects is refused with 4400', async (_, act) => {
    const bed = relayTestBed(new ScriptedMailServer({ greeting: '' }));
    const browser = bed.join();
    browser.open(await bed.mint());
    await bed.clock.advance(0);
    act(browser);
    expect(await failure(browser)).toMatchObject({ close: 4400, code: 'E_PROTOCOL' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });

  it('credit while the relay connects is more than was sent', async () => {
    const bed = relayTestBed(new ScriptedMailServer({ greeting: '' }));
    const browser = bed.join();
    browser.open(await bed.mint());
    await bed.clock.advance(0);
    browser.say({ t: 'credit', n: 1 });
    expect(await failure(browser)).toMatchObject({ close: 4413, code: 'E_CREDIT' });
  });

  it('answers pings while it connects', async () => {
    const bed = relayTestBed(new ScriptedMailServer({ greeting: '' }));
    const browser = bed.join();
    browser.open(await bed.mint());
    browser.say({ t: 'ping', n: 42 });
    expect(await browser.control('pong')).toEqual({ t: 'pong', n: 42 });
    browser.hangUp();
  });
});

describe('in an open session', () => {
  it.each<[string, string, number, string, (browser: ScriptedBrowser) => void]>([
    ['an unknown control', 'default', 4400, 'E_PROTOCOL', browser => browser.say('{"t":"exec"}')],
    ['an open', 'default', 4400, 'E_PROTOCOL', browser => browser.open('again')],
    ['STARTTLS in submit mode', 'default', 4400, 'E_PROTOCOL', browser => browser.say({ t: 'starttls' })],
    ['a transaction in bytes mode', 'raw', 4400, 'E_PROTOCOL', browser => browser.say({ t: 'txn', id })],
    [
      'STARTTLS where the target has none',
      'raw',
      4400,
      'E_PROTOCOL',
      browser => browser.say({ t: 'starttls' }),
    ],
    [
      'a control of more than 4 KiB',
      'raw',
      4400,
      'E_PROTOCOL',
      browser => browser.say(`{"t":"end"${' '.repeat(4096)}}`),
    ],
    [
      'a message of more than 64 KiB',
      'raw',
      4413,
      'E_SIZE',
      browser => browser.push(octets(maxBinaryOctets + 1)),
    ],
    ['credit for nothing sent', 'raw', 4413, 'E_CREDIT', browser => browser.say({ t: 'credit', n: 262_145 })],
    [
      'octets after the end',
      'raw',
      4400,
      'E_PROTOCOL',
      browser => {
        browser.say({ t: 'end' });
        browser.push(octets(1));
      },
    ],
    [
      'too many transactions at once',
      'default',
      4400,
      'E_PROTOCOL',
      browser => {
        for (let n = 0; n < 70; n++) browser.say({ t: 'txn', id });
      },
    ],
  ])('%s (%s) is refused with %i', async (_, target, close, code, act) => {
    const bed = relayTestBed(new ScriptedMailServer());
    const browser = await bed.enter(target);
    act(browser);
    expect(await failure(browser)).toEqual({ close, code, phase: 'session' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });

  it('one octet more than the credit is refused with 4413, and none before', async () => {
    // A mail server that never reads: nothing is consumed beyond what lies on the way to it.
    const bed = relayTestBed(stalled(), { limits: { window: 65_536 } });
    const browser = await bed.enter('raw');
    const granted = () =>
      browser.heard.reduce((sum, control) => sum + (control.t === 'credit' ? control.n : 0), 65_536);
    let sent = 0;
    for (let round = 0; round < 10; round++) {
      const allowed = granted() - sent;
      if (allowed === 0) break;
      for (let left = allowed; left > 0; left -= 16_384) browser.push(octets(Math.min(left, 16_384)));
      sent += allowed;
      await bed.clock.advance(0);
    }
    expect(granted() - sent).toBe(0);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    browser.push(octets(1));
    expect((await browser.closed).code).toBe(4413);
    expect(browser.heard.at(-1)).toMatchObject({ t: 'error', code: 'E_CREDIT' });
  });

  it('a flood of single octets costs no more than its octets', async () => {
    const bed = relayTestBed(stalled(), { limits: { window: 65_536 } });
    const browser = await bed.enter('raw');
    for (let n = 0; n < 60_000; n++) browser.push(octets(1));
    await bed.clock.advance(0);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    browser.hangUp();
  });

  it('empty messages are nothing', async () => {
    const bed = relayTestBed(new ScriptedMailServer());
    const browser = await bed.enter();
    await browser.until(/220 .*\r\n$/);
    for (let n = 0; n < 100; n++) browser.push(octets(0));
    await browser.write('NOOP\r\n');
    expect(await browser.until(/\n$/)).toMatch(/^250 /);
    browser.hangUp();
  });

  it('sends no more than the browser granted', async () => {
    const source = new ScriptedMailServer({ greeting: `220 ${'x'.repeat(500_000)}` });
    const bed = relayTestBed(source, { limits: { window: 65_536 } });
    const browser = bed.join();
    browser.consuming = false;
    browser.open(await bed.mint(), 'raw');
    await browser.octets(262_144);
    await bed.clock.advance(0);
    expect(browser.received).toBe(262_144);
    browser.consume();
    await browser.octets(500_006);
    browser.hangUp();
  });

  it('ends a browser that grants what it cannot have read', async () => {
    const bed = relayTestBed(new ScriptedMailServer());
    const browser = await bed.enter('raw');
    const relayEnd = bed.lastWebSocket();
    Object.assign(relayEnd, { bufferedAmount: 1_000_000 });
    browser.say({ t: 'ping', n: 1 });
    expect(await browser.closed).toEqual({ code: 4413, reason: 'E_CREDIT' });
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
  });

  it('survives a WebSocket that throws when it is used after its end', async () => {
    const bed = relayTestBed(new ScriptedMailServer());
    const browser = await bed.enter('raw');
    const fails = () => {
      throw new TypeError('The WebSocket is closed');
    };
    Object.assign(bed.lastWebSocket(), { send: fails, close: fails });
    browser.say({ t: 'ping', n: 1 });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });
});

describe('deadlines', () => {
  it('five seconds for the open message', async () => {
    const bed = relayTestBed(new ScriptedMailServer());
    const browser = bed.join();
    await bed.clock.advance(4999);
    expect(browser.heard).toEqual([]);
    await bed.clock.advance(1);
    expect(await failure(browser)).toEqual({ close: 4408, code: 'E_TIMEOUT', phase: 'open' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });

  it('a minute without octets, pings notwithstanding', async () => {
    const bed = relayTestBed(new ScriptedMailServer());
    const browser = await bed.enter();
    await bed.clock.advance(59_000);
    expect(browser.heard.filter(control => control.t === 'ping').map(({ n }: { n?: number }) => n)).toEqual([
      0, 1,
    ]);
    await browser.write('NOOP\r\n');
    await bed.clock.advance(59_999);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    await bed.clock.advance(1);
    expect(await failure(browser)).toEqual({ close: 4408, code: 'E_TIMEOUT', phase: 'session' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });

  it('two pings and a half for a browser that is gone', async () => {
    const bed = relayTestBed(new ScriptedMailServer(), { limits: { idleMs: 3_600_000 } });
    const browser = await bed.enter();
    browser.consuming = false;
    await bed.clock.advance(62_000);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    await bed.clock.advance(500);
    expect((await failure(browser)).close).toBe(4408);
  });

  it('twenty minutes in all', async () => {
    const bed = relayTestBed(new ScriptedMailServer(), { limits: { idleMs: 3_600_000 } });
    const browser = await bed.enter();
    await bed.clock.advance(1_199_999);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    await bed.clock.advance(1);
    expect((await failure(browser)).close).toBe(4408);
  });

  it('ten minutes in bytes mode while the mail server owes an answer', async () => {
    const bed = relayTestBed(new ScriptedMailServer({ answer: () => '' }));
    const browser = await bed.enter('raw');
    await browser.until(/^220/);
    await browser.write('DATA\r\n');
    await bed.clock.advance(599_000);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    await bed.clock.advance(1001);
    expect((await failure(browser)).close).toBe(4408);
  });
});

describe('controls', () => {
  it('are written one JSON text each', () => {
    expect(encodeControl({ t: 'txn', id })).toBe(`{"t":"txn","id":"${id}"}`);
  });
});

/** A server that accepts connections and never reads. */
function stalled() {
  const { connect } = new ScriptedMailServer();
  return {
    connect: ((address, options) => {
      const socket = connect(address, options);
      return {
        readable: socket.readable,
        writable: new WritableStream({ write: () => new Promise(() => {}) }),
        opened: socket.opened,
        closed: socket.closed,
        upgraded: false,
        secureTransport: options.secureTransport,
        startTls: () => socket.startTls(),
        close: () => socket.close(),
      };
    }) as typeof connect,
  };
}
