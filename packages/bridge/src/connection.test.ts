import {
  cramMd5,
  login as loginMechanism,
  plain,
  type ServerOptions,
  SmtpServer,
} from '@posthaste/smtp-core';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryConnect } from './connect/memory.ts';
import type { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { openConnection } from './open-connection.ts';
import { serve } from './serve.ts';
import type { ReceivedMessage, ServeHandler } from './serve-handler.ts';

const content = new TextEncoder().encode('Subject: x\r\n\r\ny\r\n');
const connections: Connection[] = [];
afterEach(() => Promise.all(connections.splice(0).map(connection => connection.close())));

async function session(
  options: Partial<ConnectionOptions> = {},
  handler: ServeHandler = {},
  server: Partial<ServerOptions> = {},
): Promise<{ connection: Connection; received: ReceivedMessage[] }> {
  const received: ReceivedMessage[] = [];
  const connect = memoryConnect(socket => {
    const machine = new SmtpServer({
      serverName: 'mx.test',
      extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES', 'DSN'],
      startTls: true,
      auth: ['PLAIN'],
      maxMessageOctets: 100_000,
      ...server,
    });
    return serve(machine, socket, { onMessage: message => void received.push(message), ...handler });
  });
  const connection = await openConnection({ hostname: 'mx.test', connect, ...options });
  connections.push(connection);
  return { connection, received };
}

describe('verbs of a manual session', () => {
  const manual = { manual: true } as const;

  test('greet, encrypt, sign in, send, one by one', async () => {
    const { connection, received } = await session(manual, { onAuth: () => undefined });
    expect(await connection.ehlo()).toMatchObject({ code: 250, lines: expect.arrayContaining(['STARTTLS']) });
    expect([connection.has('pipelining'), connection.has('AUTH'), connection.secure]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await connection.startTls()).toMatchObject({ code: 220 });
    expect(connection.secure).toBe(true);
    await connection.ensureGreeted();
    expect(connection.capabilities.get('AUTH')).toEqual(['PLAIN']);
    expect(await connection.authenticate(plain({ user: 'ann', pass: 'x' }))).toMatchObject({ code: 235 });
    expect(await connection.mail('ann@example.org', ['SIZE=17', 'RET=HDRS'])).toMatchObject({ code: 250 });
    expect(await connection.rcpt('bob@example.net', ['NOTIFY=NEVER'])).toMatchObject({
      code: 250,
      enhanced: '2.1.5',
    });
    expect(await connection.data(content)).toMatchObject({ code: 250 });
    await connection.quit();
    expect(received[0]).toMatchObject({
      envelope: { from: 'ann@example.org', to: ['bob@example.net'] },
      content,
    });
    expect(received[0]!.envelope.recipientParameters[0]!.get('NOTIFY')).toBe('NEVER');
  });

  test('a refusal is a result, and the session goes on', async () => {
    const { connection } = await session(manual, {
      onRcpt: () => ({ code: 550, text: 'no', enhanced: '5.1.1' }),
    });
    expect(await connection.helo()).toMatchObject({ code: 250 });
    expect(connection.capabilities.size).toBe(0);
    await connection.mail('ann@example.org');
    expect(await connection.rcpt('bob@example.net')).toMatchObject({ code: 550, enhanced: '5.1.1' });
    await connection.rset();
    expect(await connection.noop()).toMatchObject({ code: 250 });
  });

  test('HELO is tried where EHLO is not known', async () => {
    const { connection } = await session(manual, {
      onHello: ({ verb }) => (verb === 'EHLO' ? { code: 502, text: 'what' } : undefined),
    });
    await connection.ensureGreeted();
    expect(connection.capabilities.size).toBe(0);
    expect(await connection.mail('ann@example.org')).toMatchObject({ code: 250 });
  });

  test('login tries what the server offers, and stops at wrong credentials', async () => {
    const tried: string[] = [];
    const onAuth: ServeHandler['onAuth'] = ({ mechanism }) => {
      tried.push(mechanism);
      return mechanism === 'LOGIN' ? { code: 504, text: 'Not this one' } : { code: 535, text: 'No' };
    };
    const credentials = { user: 'ann', pass: 'x' };
    const mechanisms = [
      cramMd5(credentials),
      loginMechanism(credentials),
      plain(credentials),
      plain(credentials),
    ];
    const { connection } = await session(
      { manual: true, allowInsecureAuth: true },
      { onAuth },
      {
        auth: ['PLAIN', 'LOGIN'],
        allowInsecureAuth: true,
      },
    );
    await expect(connection.login(mechanisms)).rejects.toMatchObject({ kind: 'auth', code: 535 });
    expect(tried).toEqual(['LOGIN', 'PLAIN']);
    await expect(connection.login([])).rejects.toMatchObject({ reason: 'auth-unavailable' });
  });

  test('STARTTLS that was given up is done all the same, and the server greeted again', async () => {
    const { connection, received } = await session(manual);
    await connection.ehlo();
    const abort = new AbortController();
    const upgrading = connection.startTls({ signal: abort.signal });
    abort.abort();
    await expect(upgrading).rejects.toMatchObject({ kind: 'aborted' });
    await connection.sendRaw({ from: '', to: ['bob@example.net'] }, content);
    expect(connection.secure).toBe(true);
    expect(received).toHaveLength(1);
  });

  test('no secret leaves behind an abort of the sign-in', async () => {
    const abort = new AbortController();
    const heard: string[] = [];
    const onAuth = () => void heard.push('credentials');
    const { connection } = await session(
      { ...manual, allowInsecureAuth: true },
      { onAuth },
      { allowInsecureAuth: true },
    );
    await connection.ehlo();
    const mechanism = plain({ user: 'ann', pass: 'x' });
    const respond: typeof mechanism.respond = challenge => {
      abort.abort();
      return mechanism.respond(challenge);
    };
    const signingIn = connection.authenticate({ ...mechanism, respond }, { signal: abort.signal });
    await expect(signingIn).rejects.toMatchObject({ kind: 'aborted' });
    expect(await connection.noop()).toMatchObject({ code: 250 });
    expect(heard).toEqual([]);
  });

  test('content is told when the greeting that comes before it fails', async () => {
    const { connection } = await session(manual, { onHello: () => ({ code: 550, text: 'no' }) });
    let told: unknown;
    const source = new ReadableStream<Uint8Array>({ cancel: reason => void (told = reason) });
    const sending = connection.sendRaw({ from: '', to: ['bob@example.net'] }, source);
    const error = await sending.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'reply', phase: 'hello' });
    expect(told).toBe(error);
  });

  test('sending greets the server first', async () => {
    const { connection, received } = await session(manual);
    await connection.sendRaw({ from: '', to: ['bob@example.net'] }, content);
    expect(received).toHaveLength(1);
  });
});

describe('commands', () => {
  const options = { tls: 'none' } as const;

  test('NOOP, HELP, VRFY, EXPN and lines of one’s own', async () => {
    const onVerify: ServeHandler['onVerify'] = ({ verb, argument }) =>
      verb === 'VRFY' ? `<${argument}@example.net>` : { code: 550, text: 'No such list' };
    const { connection } = await session(options, { onVerify });
    expect(await connection.noop()).toMatchObject({ code: 250 });
    expect(await connection.help()).toMatchObject({ code: 214 });
    expect(await connection.vrfy('bob')).toMatchObject({ code: 250, lines: ['2.1.5 <bob@example.net>'] });
    expect(await connection.expn('staff')).toMatchObject({ code: 550 });
    expect(await connection.command('WIZ')).toMatchObject({ code: 500 });
  });

  test.each(['MAIL FROM:<ann@example.org>', 'QUIT', 'NOOP\r\nQUIT', ''])('%j is refused here', async line => {
    const { connection } = await session(options);
    await expect(connection.command(line)).rejects.toMatchObject({ kind: 'invalid-argument' });
    expect(await connection.noop()).toMatchObject({ code: 250 });
  });
});

describe('sending', () => {
  const options = { tls: 'none' } as const;

  test('a refused recipient among others is told, and the rest are served', async () => {
    const onRcpt: ServeHandler['onRcpt'] = ({ to }) =>
      to.startsWith('no') ? { code: 550, text: 'Unknown', enhanced: '5.1.1' } : undefined;
    const { connection, received } = await session(options, { onRcpt });
    const to = ['bob@example.net', 'nobody@example.net'];
    const result = await connection.sendRaw({ from: 'ann@example.org', to }, content);
    expect(result).toMatchObject({
      accepted: ['bob@example.net'],
      rejected: [{ rcpt: 'nobody@example.net', code: 550, enhanced: '5.1.1' }],
    });
    expect(received[0]!.envelope.to).toEqual(['bob@example.net']);
    await expect(connection.sendRaw({ from: '', to: ['no@example.net'] }, content)).rejects.toMatchObject({
      kind: 'recipients',
    });
  });

  test('LMTP decides for each recipient', async () => {
    const decisions: (string | undefined)[] = [];
    const { connection } = await session(
      { ...options, protocol: 'lmtp' },
      {
        onMessage: ({ recipient }) => {
          decisions.push(recipient);
          return recipient?.startsWith('full') ? { code: 452, text: 'Mailbox full' } : undefined;
        },
      },
      { lmtp: true },
    );
    const to = ['bob@example.net', 'full@example.net'];
    expect(await connection.sendRaw({ from: 'ann@example.org', to }, content)).toMatchObject({
      accepted: ['bob@example.net'],
      rejected: [{ rcpt: 'full@example.net', code: 452 }],
    });
    expect(decisions).toEqual(to);
  });

  test('a message too large for the server never leaves', async () => {
    const { connection, received } = await session(options);
    const sending = connection.sendRaw({ from: '', to: ['bob@example.net'], size: 200_000 }, content);
    await expect(sending).rejects.toMatchObject({ kind: 'size' });
    expect(received).toHaveLength(0);
    expect(connection.open).toBe(true);
  });

  test('an envelope that throws when it is read fails its own message, at its turn or at once', async () => {
    const { connection, received } = await session(options);
    const fault = new Error('no such field');
    const trap = {
      from: '',
      get to(): string[] {
        throw fault;
      },
    };
    const envelope = { from: '', to: ['bob@example.net'] };
    let cancelled: unknown;
    const stream = new ReadableStream<Uint8Array>({ cancel: reason => void (cancelled = reason) });
    const sending = [
      connection.sendRaw(trap, content),
      ...[1, 2, 3, 4].map(() => connection.sendRaw(envelope, content)),
      connection.sendRaw(trap, stream),
      connection.sendRaw(envelope, content),
    ];
    const settled = await Promise.allSettled(sending);
    expect(settled.map(({ status }) => status === 'fulfilled')).toEqual([
      false,
      ...[true, true, true, true],
      false,
      true,
    ]);
    expect(settled[5]).toMatchObject({ reason: fault });
    expect(cancelled).toBe(fault);
    expect(received).toHaveLength(5);
  });
});

describe('a listener that throws', () => {
  const fault = new Error('no display');
  const envelope = { from: '', to: ['bob@example.net'] };
  const streamed = async function* () {
    yield content;
  };

  test.each(['body', 'final'] as const)('onProgress at %s calls its own message off', async phase => {
    const { connection, received } = await session({ tls: 'none' });
    const onProgress = (progress: { phase: string }) => {
      if (progress.phase === phase) throw fault;
    };
    for (const octets of [content, streamed()]) {
      const { connection: another } = await session({ tls: 'none' });
      const sending = another.sendRaw(envelope, octets, { onProgress });
      const error = await sending.catch((error: unknown) => error);
      expect(error).toMatchObject({ kind: 'aborted', cause: fault, retrySafe: true });
    }
    await connection.sendRaw(envelope, content, { onProgress: () => {} });
    expect(received).toHaveLength(1);
  });

  test('an abort from inside onProgress comes in time', async () => {
    const { connection, received } = await session({ tls: 'none' });
    const calledOff = new AbortController();
    const sending = connection.sendRaw(envelope, content, {
      signal: calledOff.signal,
      onProgress: ({ phase }) => phase === 'final' && calledOff.abort(fault),
    });
    await expect(sending).rejects.toMatchObject({ kind: 'aborted', cause: fault, retrySafe: true });
    await connection.closed;
    expect(received).toEqual([]);
  });

  test('with BDAT the session goes on after it', async () => {
    const { connection, received } = await session(
      { tls: 'none', transfer: 'bdat' },
      {},
      { extensions: ['PIPELINING', 'CHUNKING'] },
    );
    const onProgress = () => {
      throw fault;
    };
    await expect(connection.sendRaw(envelope, content, { onProgress })).rejects.toMatchObject({
      cause: fault,
    });
    await connection.sendRaw(envelope, content);
    expect(received).toHaveLength(1);
  });

  test.each([
    ['the greeting', '220'],
    ['the last line of the handshake', '250 AUTH PLAIN'],
    ['TLS', 'TLS'],
  ])('onTranscript at %s ends the opening', async (_, line) => {
    const lines: string[] = [];
    const opening = session({
      onTranscript: ({ text }) => {
        lines.push(text);
        if (text.startsWith(line)) throw fault;
      },
    });
    await expect(opening).rejects.toMatchObject({ kind: 'aborted', cause: fault });
    expect(lines.at(-1)).toContain(line);
  });

  test('onTranscript ends the session, but no message that has left whole', async () => {
    let decide: () => void = () => {};
    const decided = new Promise<void>(resolve => {
      decide = resolve;
    });
    const { connection, received } = await session(
      {
        tls: 'none',
        onTranscript: ({ text }) => {
          if (text.startsWith('RCPT TO:<late')) throw fault;
        },
      },
      { onMessage: message => decided.then(() => void received.push(message)) },
    );
    const first = connection.sendRaw(envelope, content);
    const second = connection.sendRaw({ from: '', to: ['late@example.net'] }, content);
    const third = connection.sendRaw(envelope, content);
    const outcomes = Promise.all([second, third].map(sending => sending.catch((error: unknown) => error)));
    decide();
    expect(await first).toMatchObject({ accepted: ['bob@example.net'] });
    for (const error of await outcomes) {
      expect(error).toMatchObject({ kind: 'aborted', cause: fault, retrySafe: true });
    }
    expect(connection.open).toBe(false);
    await connection.closed;
    expect(received).toHaveLength(1);
  });

  test('onTranscript at the answer to a message leaves that message accepted', async () => {
    const { connection, received } = await session({
      tls: 'none',
      onTranscript: ({ text }) => {
        if (text.includes('2.0.0')) throw fault;
      },
    });
    expect(await connection.sendRaw(envelope, content)).toMatchObject({ accepted: envelope.to });
    expect(connection.open).toBe(false);
    await connection.closed;
    await expect(connection.noop()).rejects.toThrow();
    expect(received).toHaveLength(1);
  });

  test('on the server’s side it is told to onError, and what that throws is dropped', async () => {
    const heard: unknown[] = [];
    const { connection, received } = await session(
      { tls: 'none' },
      {
        onTranscript: () => {
          throw fault;
        },
        onError: error => {
          heard.push(error);
          throw new Error('no log');
        },
      },
    );
    await connection.sendRaw(envelope, content);
    expect(received).toHaveLength(1);
    expect(new Set(heard)).toEqual(new Set([fault]));
  });
});
