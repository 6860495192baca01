import { describe, expect, it } from 'vitest';
import { relayTestBed } from '../../fixture/relay-set-up.ts';
import { ScriptedMailServer } from '../../fixture/scripted-mail-server.ts';
import { memoryPair } from '../connect/memory.ts';
import { ConnectError } from '../error.ts';
import type { Connect, Socket } from '../socket.ts';

const octets = (text: string) => new TextEncoder().encode(text);

/** A mail server's end of the connection, in the test's own hands. */
function peer() {
  const ends: Socket[] = [];
  const connect: Connect = (_, { secureTransport }) => {
    const [near, far] = memoryPair(secureTransport);
    ends.push(far);
    return near;
  };
  return { connect, ends };
}

async function scene(target = 'raw') {
  const server = peer();
  const bed = relayTestBed(server);
  const browser = await bed.enter(target);
  const far = server.ends[0]!;
  return { bed, browser, far, writer: far.writable.getWriter(), reader: far.readable.getReader() };
}

describe('bytes mode', () => {
  it('passes octets as they are, both ways', async () => {
    const { browser, writer, reader } = await scene();
    await writer.write(octets('220 hi\r\n\0\xff'));
    expect(await browser.until(/.$/s)).toBe('220 hi\r\n\0\xc3\xbf');
    await browser.write('EHLO \0 anything\n');
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('EHLO \0 anything\n');
    browser.hangUp();
  });

  it('passes the browser’s end on, and still brings what comes', async () => {
    const { bed, browser, writer, reader, far } = await scene();
    await browser.write('QUIT\r\n');
    browser.say({ t: 'end' });
    await reader.read();
    expect((await reader.read()).done).toBe(true);
    await writer.write(octets('221 bye\r\n'));
    await browser.until(/bye/);
    await far.close();
    await browser.control('end');
    expect(await browser.closed).toEqual({ code: 1000, reason: '' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });

  it('ends the server’s connection when the browser leaves', async () => {
    const { bed, browser, reader } = await scene();
    browser.hangUp();
    expect((await reader.read().catch(() => ({ done: true }))).done).toBe(true);
    await browser.session;
    expect(bed.log.at(-1)).toMatchObject({ event: 'closed' });
  });

  it('says 4502 when the connection breaks', async () => {
    const { browser, writer } = await scene();
    await writer.abort(new Error('ECONNRESET canary'));
    expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM', phase: 'session' });
    expect((await browser.closed).code).toBe(4502);
    expect(JSON.stringify(browser.heard)).not.toContain('canary');
  });
});

/** A session before a server that has greeted. */
async function greeted() {
  const all = await scene('inner');
  await all.writer.write(octets('220 hi\r\n'));
  await all.browser.until(/\n$/);
  await all.bed.clock.advance(0);
  return all;
}

describe('STARTTLS in bytes mode', () => {
  it('is the browser’s word between octets', async () => {
    const { bed, browser, far, writer, reader } = await greeted();
    await browser.write('STARTTLS\r\n');
    await reader.read();
    await writer.write(octets('220 go\r\n'));
    await browser.until(/go\r\n$/);
    await bed.clock.advance(0);
    browser.say({ t: 'starttls' });
    reader.releaseLock();
    writer.releaseLock();
    const secure = far.startTls();
    await secure.opened;
    expect(await browser.control('secure')).toEqual({
      t: 'secure',
      proto: '',
      cipher: '',
      fingerprint256: '',
    });
    await browser.write('EHLO again\r\n');
    expect(new TextDecoder().decode((await secure.readable.getReader().read()).value)).toBe('EHLO again\r\n');
    await secure.writable.getWriter().write(octets('250 hi\r\n'));
    expect(await browser.until(/hi\r\n$/)).toBe('250 hi\r\n');
    browser.say({ t: 'starttls' });
    expect((await browser.closed).code).toBe(4400);
  });

  it('after octets that the browser does not have yet is an injection', async () => {
    const server = peer();
    const bed = relayTestBed(server);
    const browser = bed.join();
    browser.consuming = false;
    browser.open(await bed.mint(), 'inner');
    await browser.control('opened');
    const writer = server.ends[0]!.writable.getWriter();
    writer.write(octets(`220 ${'x'.repeat(300_000)}\r\n`)).catch(() => {});
    await browser.octets(262_144);
    await bed.clock.advance(0);
    browser.say({ t: 'starttls' });
    expect(await browser.control('error')).toMatchObject({
      code: 'E_TLS_INJECTION',
      phase: 'tls',
      retryable: false,
    });
    expect((await browser.closed).code).toBe(4525);
  });

  it('after more than was asked for is an injection', async () => {
    const { browser, writer, reader } = await greeted();
    await browser.write('STARTTLS\r\n');
    await reader.read();
    await writer.write(octets('220 go\r\n250 injected\r\n'));
    await browser.until(/injected/);
    browser.say({ t: 'starttls' });
    expect(await browser.control('error')).toMatchObject({ code: 'E_TLS_INJECTION' });
  });

  it('before the server’s answer is a mistake of the browser’s', async () => {
    const { browser } = await greeted();
    await browser.write('STARTTLS\r\n');
    browser.say({ t: 'starttls' });
    expect(await browser.control('error')).toMatchObject({ code: 'E_PROTOCOL' });
  });

  it('whose connector met octets before the handshake is an injection', async () => {
    const { connect, ends } = peer();
    const suspicious: Connect = (address, options) => {
      const socket = connect(address, options);
      socket.startTls = () =>
        Object.assign(memoryPair()[0], { opened: Promise.reject(new Error('3 octets arrived')) });
      return socket;
    };
    const bed = relayTestBed({ connect: suspicious });
    const browser = await bed.enter('inner');
    await ends[0]!.writable.getWriter().write(octets('220 hi\r\n'));
    await browser.until(/\n$/);
    await bed.clock.advance(0);
    browser.say({ t: 'starttls' });
    expect(await browser.control('error')).toMatchObject({ code: 'E_TLS_INJECTION' });
  });

  it('that fails is 4525', async () => {
    const { connect, ends } = peer();
    const failing: Connect = (address, options) => {
      const socket = connect(address, options);
      socket.startTls = () => {
        const error = new ConnectError('tls-untrusted', address);
        return Object.assign(memoryPair()[0], { opened: Promise.reject(error) });
      };
      return socket;
    };
    const bed = relayTestBed({ connect: failing });
    const browser = await bed.enter('inner');
    await ends[0]!.writable.getWriter().write(octets('220 hi\r\n'));
    await browser.until(/\n$/);
    await bed.clock.advance(0);
    browser.say({ t: 'starttls' });
    expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM_TLS', phase: 'tls' });
    expect((await browser.closed).code).toBe(4525);
  });

  it('that takes more than ten seconds is 4408', async () => {
    const { bed, browser } = await greeted();
    browser.say({ t: 'starttls' });
    await bed.clock.advance(9999);
    expect(browser.heard.some(control => control.t === 'error')).toBe(false);
    await bed.clock.advance(1);
    expect(await browser.control('error')).toMatchObject({ code: 'E_TIMEOUT', phase: 'tls' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });
});

describe('connecting', () => {
  const failing =
    (code: ConstructorParameters<typeof ConnectError>[0]): Connect =>
    (address, options) => {
      const [socket] = memoryPair(options.secureTransport);
      const opened = Promise.reject(new ConnectError(code, address));
      opened.catch(() => {});
      return Object.assign(socket, { opened });
    };

  it('goes to vetted addresses, in order, and verifies the name', async () => {
    const good = new ScriptedMailServer();
    const seen: unknown[] = [];
    const connect: Connect = (address, options) => {
      seen.push([address, options.secureTransport, options.tls]);
      return seen.length === 1 ? failing('refused')(address, options) : good.connect(address, options);
    };
    const resolve = async () => ['8.8.4.4', '2606:4700::1'];
    const target = { host: 'mail.example', port: 465, tls: 'implicit', allowPrivate: false } as const;
    const bed = relayTestBed({ connect }, { resolve }, target);
    const browser = await bed.enter();
    expect(seen).toEqual([
      [{ hostname: '8.8.4.4', port: 465 }, 'on', { serverName: 'mail.example' }],
      [{ hostname: '2606:4700::1', port: 465 }, 'on', { serverName: 'mail.example' }],
    ]);
    browser.hangUp();
  });

  it('asks the resolver once: a second answer has no say', async () => {
    const server = new ScriptedMailServer();
    let asked = 0;
    const resolve = async () => [asked++ === 0 ? '8.8.8.8' : '127.0.0.1'];
    const bed = relayTestBed(server, { resolve }, { host: 'rebind.example', allowPrivate: false });
    const browser = await bed.enter();
    expect(asked).toBe(1);
    expect(server.connections.map(({ address }) => address.hostname)).toEqual(['8.8.8.8']);
    browser.hangUp();
  });

  it('leaves the name to a runtime that has no resolver to give', async () => {
    const server = new ScriptedMailServer();
    const bed = relayTestBed(server, {}, { host: 'mail.example', allowPrivate: false, ca: 'PEM' });
    const browser = await bed.enter();
    expect(server.connections[0]).toMatchObject({
      address: { hostname: 'mail.example' },
      options: { tls: { ca: 'PEM' } },
    });
    browser.hangUp();
  });

  it.each([
    ['refused', 'E_UPSTREAM', 4502],
    ['dns', 'E_UPSTREAM', 4502],
    ['tls-or-refused', 'E_UPSTREAM', 4502],
    ['tls-untrusted', 'E_UPSTREAM_TLS', 4525],
    ['tls-hostname', 'E_UPSTREAM_TLS', 4525],
    ['wrong-tls-mode', 'E_UPSTREAM_TLS', 4525],
  ] as const)('%s is %s', async (connectCode, code, close) => {
    for (const target of ['default', 'raw']) {
      const bed = relayTestBed({ connect: failing(connectCode) });
      const browser = bed.join();
      browser.open(await bed.mint(), target);
      expect(await browser.control('error')).toMatchObject({ code, phase: 'connect' });
      expect((await browser.closed).code).toBe(close);
      await browser.session;
      expect(bed.clock.armed).toBe(0);
    }
  });

  it.each([
    ['none', 10_000],
    ['implicit', 20_000],
  ] as const)('with tls %s takes no longer than %i ms', async (tls, ms) => {
    const connect: Connect = (_, options) =>
      Object.assign(memoryPair(options.secureTransport)[0], { opened: new Promise(() => {}) });
    const bed = relayTestBed({ connect }, {}, { tls });
    const browser = bed.join();
    browser.open(await bed.mint(), 'raw');
    await bed.clock.advance(ms - 1);
    expect(browser.heard).toEqual([]);
    await bed.clock.advance(1);
    expect(await browser.control('error')).toMatchObject({ code: 'E_TIMEOUT', phase: 'connect' });
    await browser.session;
    expect(bed.clock.armed).toBe(0);
  });

  it('is given up when the browser leaves', async () => {
    let given: AbortSignal | undefined;
    const connect: Connect = (_, options) => {
      given = options.signal;
      return Object.assign(memoryPair(options.secureTransport)[0], { opened: new Promise(() => {}) });
    };
    const bed = relayTestBed({ connect });
    const browser = bed.join();
    browser.open(await bed.mint(), 'raw');
    await bed.clock.advance(0);
    expect(given?.aborted).toBe(false);
    browser.hangUp();
    await browser.session;
    expect(given?.aborted).toBe(true);
    expect(bed.clock.armed).toBe(0);
  });
});
