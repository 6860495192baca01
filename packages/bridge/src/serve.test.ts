import { type ServerOptions, SmtpServer } from '@posthaste/smtp-core';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryPair } from './connect/memory.ts';
import { serve } from './serve.ts';
import type { ServeHandler } from './serve-handler.ts';
import type { Socket } from './socket.ts';

const decode = (octets: Uint8Array) => new TextDecoder().decode(octets);
const encode = (text: string) => new TextEncoder().encode(text);
const begin = 'EHLO c.test\r\nMAIL FROM:<ann@example.org>\r\nRCPT TO:<bob@example.net>\r\n';

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

/** A client that writes text and reads replies, and the session that serves it. */
function client(handler: ServeHandler, options: Partial<ServerOptions> = {}) {
  const [near, far] = memoryPair();
  const stop = new AbortController();
  stops.push(stop);
  const machine = new SmtpServer({
    serverName: 'mx.test',
    extensions: ['PIPELINING', 'ENHANCEDSTATUSCODES'],
    startTls: true,
    ...options,
  });
  const session = serve(machine, far, handler, { signal: stop.signal });
  let socket: Socket = near;
  let reader = socket.readable.getReader();
  let writer = socket.writable.getWriter();
  let heard = '';
  return {
    session,
    stop,
    write: (text: string) => writer.write(encode(text)),
    octets: (octets: Uint8Array) => writer.write(octets),
    /** Everything up to a line that begins like this. */
    async until(start: string): Promise<string> {
      const end = new RegExp(`^${start}[^\r\n]*\r\n`, 'm');
      for (;;) {
        const match = end.exec(heard);
        if (match !== null) {
          const found = heard.slice(0, match.index + match[0].length);
          heard = heard.slice(found.length);
          return found;
        }
        const { done, value } = await reader.read();
        if (done) throw new Error(`The end came before ${start}: ${heard}`);
        heard += decode(value);
      }
    },
    async rest(): Promise<string> {
      for (let read = await reader.read(); !read.done; read = await reader.read())
        heard += decode(read.value);
      return heard;
    },
    async startTls(): Promise<void> {
      reader.releaseLock();
      writer.releaseLock();
      socket = socket.startTls();
      reader = socket.readable.getReader();
      writer = socket.writable.getWriter();
      await socket.opened;
    },
    close: () => near.close(),
  };
}

describe('what a handler decides', () => {
  test.each([
    ['onHello', 'EHLO c.test\r\n'],
    ['onMail', 'EHLO c.test\r\nMAIL FROM:<ann@example.org>\r\n'],
    ['onRcpt', begin],
    ['onData', `${begin}DATA\r\n`],
    ['onMessage', `${begin}DATA\r\nx\r\n.\r\n`],
    ['onContent', `${begin}DATA\r\nx\r\n.\r\n`],
    ['onVerify', 'EHLO c.test\r\nVRFY bob\r\n'],
  ] as const)('%s refuses with its own words', async (name, text) => {
    const taken: ServeHandler = name === 'onContent' ? {} : { onMessage: () => undefined };
    const { write, until } = client({
      ...taken,
      [name]: () => ({ code: 554, text: 'Not today', enhanced: '5.7.1' }),
    });
    await write(text);
    expect(await until('554')).toMatch(/554 (5\.7\.1 )?Not today\r\n$/);
  });

  test('one that throws is answered with 451, and told; the session goes on', async () => {
    const told: unknown[] = [];
    const { write, until } = client({
      onMail: async () => {
        throw new Error('database');
      },
      onError: error => void told.push(error),
    });
    await write('EHLO c.test\r\nMAIL FROM:<ann@example.org>\r\n');
    expect(await until('451')).toContain('451 4.3.0');
    await write('NOOP\r\n');
    await until('250');
    expect(told).toMatchObject([{ message: 'database' }]);
  });

  test('one that says what cannot be said is answered with 451', async () => {
    const { write, until } = client({ onMail: () => ({ code: 250, text: 'refused?' }) });
    await write('EHLO c.test\r\nMAIL FROM:<ann@example.org>\r\n');
    await until('451');
  });

  test('without one that takes mail, none is taken', async () => {
    const { write, until } = client({});
    await write(`${begin}DATA\r\n`);
    await until('554');
  });

  test('a text goes into the reply', async () => {
    const { write, until } = client({ onMessage: () => 'Queued as 4711' });
    await write(`${begin}DATA\r\n`);
    await until('354');
    await write('x\r\n.\r\n');
    expect(await until('250 .*Queued')).toContain('Queued as 4711');
  });

  test('AUTH goes back and forth until the handler has heard enough', async () => {
    const heard: (string | null)[] = [];
    const { write, until } = client(
      {
        onAuth({ response }, session) {
          heard.push(response && decode(response));
          if (response === null) return { challenge: encode('user?') };
          session.user = decode(response);
          return session.user === 'ann' ? undefined : { code: 535, text: 'Who', enhanced: '5.7.8' };
        },
        onMessage: ({ session }) => void heard.push(`${session.user} ${session.authenticated}`),
      },
      { auth: ['LOGIN'], allowInsecureAuth: true },
    );
    await write('EHLO c.test\r\nAUTH LOGIN\r\n');
    expect(await until('334')).toContain(`334 ${btoa('user?')}`);
    await write(`${btoa('eve')}\r\n`);
    await until('535');
    await write(`AUTH LOGIN\r\n`);
    await until('334');
    await write(`${btoa('ann')}\r\n`);
    await until('235');
    await write(`${begin}DATA\r\n`);
    await until('354');
    await write('x\r\n.\r\n');
    await until('250 .*');
    expect(heard).toEqual([null, 'eve', null, 'ann', 'ann true']);
  });

  test('nobody signs in without onAuth', async () => {
    const { write, until } = client({}, { auth: ['PLAIN'], allowInsecureAuth: true });
    await write(`EHLO c.test\r\nAUTH PLAIN ${btoa('\0ann\0x')}\r\n`);
    await until('535');
  });
});

describe('content as it comes', () => {
  test('a slow handler makes the client wait, and gets every octet', async () => {
    const total = 4 * 1024 * 1024;
    let received = 0;
    let proceed!: () => void;
    const wait = new Promise<void>(resolve => {
      proceed = resolve;
    });
    const { write, octets, until } = client({
      async onContent({ content }) {
        for await (const chunk of content) {
          await wait;
          received += chunk.length;
        }
      },
    });
    await write(`${begin}DATA\r\n`);
    await until('354');
    const line = encode(`${'x'.repeat(62)}\r\n`);
    let written = 0;
    const sending = (async () => {
      const block = new Uint8Array(65_536).map((_, at) => line[at % 64]!);
      for (; written < total; written += block.length) await octets(block);
      await write('.\r\n');
    })();
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(written).toBeLessThan(1_048_576);
    proceed();
    await sending;
    await until('250 .*');
    expect(received).toBe(total);
  });

  test('a client that leaves breaks it off', async () => {
    let outcome: unknown;
    const { write, until, close, session } = client({
      async onContent({ content }) {
        try {
          for await (const _ of content);
          outcome = 'complete';
        } catch (error) {
          outcome = error;
        }
      },
    });
    await write(`${begin}DATA\r\n`);
    await until('354');
    await write('half a message\r\n');
    await close();
    await session;
    expect(outcome).toMatchObject({ message: expect.stringContaining('before its end') });
  });

  test('a handler that decides early reads no further', async () => {
    const { write, octets, until } = client({
      onContent: () => ({ code: 552, text: 'Too much', enhanced: '5.3.4' }),
    });
    await write(`${begin}DATA\r\n`);
    await until('354');
    for (let block = 0; block < 64; block++) await octets(encode(`${'x'.repeat(998)}\r\n`.repeat(65)));
    await write('.\r\n');
    expect(await until('552')).toContain('Too much');
  });
});

describe('a session', () => {
  test('knows its client, before and after TLS', async () => {
    const seen: unknown[] = [];
    const { write, until, startTls } = client({
      onMail: (_, { clientName, secure, remoteAddress }) =>
        void seen.push([clientName, secure, remoteAddress]),
    });
    await write('EHLO one.test\r\nMAIL FROM:<>\r\nRSET\r\nSTARTTLS\r\n');
    await until('220 .*\r\n(?:.*\r\n)*220');
    await startTls();
    await write('EHLO two.test\r\nMAIL FROM:<>\r\n');
    await until('250 .*\r\n250');
    expect(seen).toEqual([
      ['one.test', false, undefined],
      ['two.test', true, undefined],
    ]);
  });

  test('ends with 421 when its host stops, and settles', async () => {
    const { until, stop, session, rest } = client({});
    await until('220');
    stop.abort();
    await session;
    expect(await rest()).toMatch(/^421 .*\r\n$/);
  });

  test('settles when the client just leaves', async () => {
    const { until, close, session } = client({});
    await until('220');
    await close();
    await session;
  });

  test('tells its transcript without secrets', async () => {
    const lines: string[] = [];
    const { write, until, session } = client(
      {
        onAuth: () => ({ code: 535, text: 'no', enhanced: '5.7.8' }),
        onTranscript: ({ direction, text }) => void lines.push(`${direction} ${text}`),
      },
      { auth: ['PLAIN'], allowInsecureAuth: true, extensions: [], startTls: false },
    );
    await write('EHLO c.test\r\n');
    await until('250 .*');
    await write(`AUTH PLAIN ${btoa('\0ann\0canary')}\r\n`);
    await until('535');
    await write('QUIT\r\n');
    await session;
    expect(lines.join('\n')).toMatch(/^out 220 mx\.test ESMTP\nin EHLO c\.test\nout 250-mx\.test/);
    expect(lines.at(-1)).toBe('note Ended: quit');
    expect(lines.join('\n')).not.toMatch(new RegExp(`canary|${btoa('\0ann\0canary')}`));
  });
});
