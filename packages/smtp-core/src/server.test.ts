import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, Host } from '../vectors/play-server.ts';
import { SmtpError } from './error.ts';
import { SmtpServer } from './server.ts';
import type { ServerAction } from './server-action.ts';
import type { ServerOptions } from './server-options.ts';

const OPENED = 'EHLO c.test\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\n';

/** A server that has written its greeting, and nothing else. */
function greeted(options: Partial<ServerOptions> = {}): SmtpServer {
  const server = new SmtpServer({ serverName: 's.test', ...options });
  until(server, 'read');
  return server;
}

/** Polls until an action of this type comes, or the machine waits. */
function until(server: SmtpServer, type: ServerAction['type']): ServerAction {
  for (let i = 0; i < 100; i++) {
    const action = server.poll();
    if (action.type === type || ['ask', 'read', 'close', 'starttls'].includes(action.type)) return action;
  }
  throw new Error('The machine talks without end');
}

describe('replies', () => {
  test('the greeting names the server', () => {
    expect(new Host().written).toBe('220 s.test ESMTP\r\n');
    expect(new Host({ lmtp: true }).written).toBe('220 s.test LMTP\r\n');
    expect(new Host({ greeting: 'hi' }).written).toBe('220 s.test hi\r\n');
    expect(new Host({ noService: 'none' }).written).toBe('554 s.test none\r\n');
  });

  test('EHLO lists one extension a line, HELO none', () => {
    const host = new Host({
      extensions: ['PIPELINING', 'FUTURERELEASE 60', 'REQUIRETLS'],
      maxMessageOctets: 9,
      startTls: true,
      auth: ['plain', 'LOGIN'],
    });
    expect(host.say('EHLO c\r\n')).toBe(
      '250-s.test\r\n250-PIPELINING\r\n250-FUTURERELEASE 60\r\n250-SIZE 9\r\n250 STARTTLS\r\n',
    );
    host.say('STARTTLS\r\n');
    host.server.tlsStarted();
    expect(host.say('EHLO c\r\n')).toBe(
      '250-s.test\r\n250-PIPELINING\r\n250-FUTURERELEASE 60\r\n250-REQUIRETLS\r\n250-SIZE 9\r\n250 AUTH PLAIN LOGIN\r\n',
    );
    expect(host.say('HELO c\r\n')).toBe('250 s.test\r\n');
  });

  test('a group of commands is answered with one write', () => {
    const server = greeted();
    server.receive(encode(OPENED));
    const writes: string[] = [];
    for (let action = server.poll(); action.type !== 'read'; action = server.poll()) {
      if (action.type === 'ask') server.accept();
      if (action.type === 'write') writes.push(new TextDecoder().decode(action.data));
    }
    expect(writes).toEqual(['250 s.test\r\n250 Sender OK\r\n250 Recipient OK\r\n']);
  });

  test('a host that decides slowly on a message holds back no earlier reply', () => {
    const server = greeted({ extensions: ['CHUNKING'] });
    server.receive(encode(`${OPENED}BDAT 1 LAST\r\nx`));
    let written = '';
    for (let action = server.poll(); ; action = server.poll()) {
      if (action.type === 'write') written += new TextDecoder().decode(action.data);
      if (action.type !== 'ask') continue;
      if (action.question.type === 'message') break;
      server.accept();
    }
    expect(written).toContain('250 Recipient OK');
  });

  test('many held replies leave early', () => {
    const server = greeted();
    server.receive(encode('NOOP\r\n'.repeat(5000)));
    const sizes: number[] = [];
    for (let action = server.poll(); action.type !== 'read'; action = server.poll())
      if (action.type === 'write') sizes.push(action.data.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(5000 * '250 OK\r\n'.length);
    expect(Math.max(...sizes)).toBeLessThan(17_000);
  });

  test('enhanced status codes stand in every reply but hello, 334 and 354, once', () => {
    const answers = {
      '<c@y>': [550, '5.1.1 No such user'],
      '<d@y>': [550, 'No\r\nsuch\x07user', '5.1.1'],
    } as const;
    const host = new Host({ extensions: ['ENHANCEDSTATUSCODES'] }, question =>
      question.type === 'rcpt' ? (answers[`<${question.to}>` as '<c@y>'] ?? [451, 'Later']) : undefined,
    );
    expect(host.say('EHLO c\r\nMAIL FROM:<a@x>\r\n')).toBe(
      '250-s.test\r\n250 ENHANCEDSTATUSCODES\r\n250 2.1.0 Sender OK\r\n',
    );
    expect(host.say('RCPT TO:<c@y>\r\n')).toBe('550 5.1.1 No such user\r\n');
    expect(host.say('RCPT TO:<d@y>\r\n')).toBe('550-5.1.1 No\r\n550 5.1.1 such user\r\n');
    expect(host.say('RCPT TO:<e@y>\r\n')).toBe('451 4.0.0 Later\r\n');
  });

  test('a text for hello stands behind the name', () => {
    const host = new Host({}, question =>
      question.type === 'hello' ? `greets ${question.name}` : undefined,
    );
    expect(host.say('HELO c\r\n')).toBe('250 s.test greets c\r\n');
  });
});

describe('questions and answers', () => {
  test('a question is repeated until it is answered, and nothing is read meanwhile', () => {
    const server = greeted();
    server.receive(encode('EHLO c\r\nNOOP\r\n'));
    const question = { type: 'ask', question: { type: 'hello', verb: 'EHLO', name: 'c' } };
    expect(until(server, 'ask')).toEqual(question);
    expect(server.poll()).toEqual(question);
    server.accept();
    expect(until(server, 'write')).toMatchObject({ type: 'write' });
  });

  test('an answer nobody asked for is a TypeError, one that comes late is not', () => {
    const server = greeted();
    expect(() => server.accept()).toThrow(TypeError);
    expect(() => server.reject(550, 'x')).toThrow(TypeError);
    expect(() => server.challenge(encode('x'))).toThrow(TypeError);
    expect(() => server.tlsStarted()).toThrow(TypeError);
    expect(() => server.tlsFailed()).toThrow(TypeError);
    server.receive(encode('EHLO c\r\n'));
    until(server, 'ask');
    expect(() => server.reject(250, 'x')).toThrow('400 to 599');
    expect(() => server.challenge(encode('x'))).toThrow('auth question');
    server.fail();
    server.fail();
    server.accept();
    server.reject(550, 'x');
    server.challenge(encode('x'));
    server.tlsStarted();
    server.tlsFailed();
    expect(until(server, 'close')).toEqual({ type: 'close' });
  });

  test('the mail question carries the parameters, the events the transcript without secrets', () => {
    const seen: unknown[] = [];
    const server = greeted({ extensions: ['DSN'], auth: ['PLAIN'], allowInsecureAuth: true });
    server.receive(
      encode(
        'EHLO c\r\nAUTH PLAIN\r\nAHUAcA==\r\nAUTH PLAIN AHUAcA==\r\ncGFzcw== x\r\nMAIL FROM:<a@x> ret=hdrs\r\n\x00secret\r\n',
      ),
    );
    for (let action = server.poll(); action.type !== 'read'; action = server.poll()) {
      if (action.type === 'event') seen.push(action.event);
      if (action.type !== 'ask') continue;
      if (action.question.type === 'mail') expect([...action.question.parameters]).toEqual([['RET', 'hdrs']]);
      if (action.question.type === 'auth' && action.question.response === null)
        server.challenge(encode('secret'));
      else server.accept();
    }
    const transcript = JSON.stringify(seen);
    expect(transcript).toContain('AUTH PLAIN ***');
    expect(transcript).toContain('334 ***');
    for (const secret of ['AHUAcA', 'cGFzcw', 'secret', 'c2VjcmV0']) expect(transcript).not.toContain(secret);
  });
});

describe('deadlines and ends', () => {
  const wait = (server: SmtpServer) => {
    const action = until(server, 'read');
    return action.type === 'read' ? action.wait : undefined;
  };

  test('a deadline is for a whole command: a dribble does not extend it', () => {
    const server = greeted({ timeouts: { command: 7 } });
    const first = wait(server);
    expect(first).toMatchObject({ phase: 'command', ms: 7 });
    server.receive(encode('NO'));
    expect(wait(server)).toEqual(first);
    server.receive(encode('OP\r\n'));
    expect(wait(server)!.id).not.toBe(first!.id);
  });

  test('content has a deadline for each 64 KiB, AUTH for each line', () => {
    const host = new Host({ auth: ['PLAIN'], allowInsecureAuth: true }, question =>
      question.type === 'auth' ? { challenge: '' } : undefined,
    );
    host.say('EHLO c\r\nAUTH PLAIN\r\n');
    expect(wait(host.server)).toMatchObject({ phase: 'auth', ms: 300_000 });
    host.say(`*\r\n${OPENED}DATA\r\n`);
    const first = wait(host.server);
    expect(first).toMatchObject({ phase: 'body', ms: 180_000 });
    host.say('x'.repeat(65_000));
    expect(wait(host.server)).toEqual(first);
    host.say('x'.repeat(1000));
    expect(wait(host.server)!.id).not.toBe(first!.id);
  });

  test.each([
    ['timeout', (server: SmtpServer) => server.timeout(), '421 Timeout, closing connection\r\n', 'timeout'],
    [
      'shutdown',
      (server: SmtpServer) => server.shutdown(),
      '421 Service shutting down, closing connection\r\n',
      'closed',
    ],
    ['fail', (server: SmtpServer) => server.fail(), '', 'disconnected'],
    ['end of input', (server: SmtpServer) => server.receive(null), '', 'disconnected'],
  ])('%s in a transaction voids it and closes', (_, act, written, reason) => {
    const host = new Host();
    host.say(OPENED);
    host.written = '';
    act(host.server);
    host.run();
    expect(host.written).toBe(written);
    expect(host.events).toEqual(['reset', `end ${reason}`]);
    expect(host.state).toBe('close');
  });

  test('shutdown lets a message finish that is being received', () => {
    const host = new Host();
    host.say(`${OPENED}DATA\r\n`);
    host.server.shutdown();
    expect(host.say('x\r\n')).toBe('');
    expect(host.say('.\r\nQUIT\r\n')).toMatch(/^250 .*\r\n421 .*\r\n$/);
    expect(host.state).toBe('close');
  });

  test('a failed upgrade ends the session without a word', () => {
    const host = new Host({ startTls: true });
    host.say('EHLO c\r\nSTARTTLS\r\n');
    expect(host.state).toBe('starttls');
    host.written = '';
    host.server.tlsFailed();
    host.run();
    expect([host.written, host.events, host.state]).toEqual(['', ['end tls'], 'close']);
  });

  test('tells whether the connection is secure and authenticated', () => {
    const host = new Host({ startTls: true, auth: ['PLAIN'] });
    expect([host.server.secure, host.server.authenticated]).toEqual([false, false]);
    host.say('EHLO c\r\nSTARTTLS\r\n');
    host.server.tlsStarted();
    host.say('EHLO c\r\nAUTH PLAIN AHUAcA==\r\n');
    expect([host.server.secure, host.server.authenticated]).toEqual([true, true]);
  });

  test('input that nobody polls for is bounded', () => {
    const server = greeted();
    server.receive(encode('x'));
    for (let i = 0; i < 40; i++) server.receive(new Uint8Array(65_536).fill(0x78));
    expect(new TextDecoder().decode((until(server, 'write') as { data: Uint8Array }).data)).toMatch(
      /^421 Too much/,
    );
    expect(until(server, 'close')).toEqual({ type: 'close' });
    server.receive(encode('NOOP\r\n'));
    expect(server.poll()).toEqual({ type: 'close' });
  });
});

describe('options', () => {
  test.each([
    'greeting',
    'extensions',
    'maxMessageOctets',
    'maxCommandOctets',
    'maxRecipients',
    'maxErrors',
    'auth',
  ])('%s of undefined is left out', name => {
    expect(new Host({ [name]: undefined }).written).toBe('220 s.test ESMTP\r\n');
  });

  test.each([
    [{ serverName: '' }, 'serverName'],
    [{ serverName: 'a b' }, 'serverName'],
    [{ greeting: 'a\r\nb' }, 'greeting'],
    [{ noService: 'ö' }, 'greeting'],
    [{ extensions: ['A\r\nB'] }, 'extensions'],
    [{ extensions: ['SIZE 10'] }, 'extensions'],
    [{ extensions: ['starttls'] }, 'extensions'],
    [{ auth: ['PLAIN LOGIN'] }, 'auth'],
    [{ maxMessageOctets: -1 }, 'maxMessageOctets'],
    [{ maxCommandOctets: 0 }, 'maxCommandOctets'],
    [{ maxRecipients: 1.5 }, 'maxRecipients'],
    [{ maxErrors: Number.NaN }, 'maxErrors'],
    [{ timeouts: { body: 0 } }, 'body'],
  ] as [Partial<ServerOptions>, string][])('%o is refused', (options, name) => {
    const construct = () => new SmtpServer({ serverName: 's.test', ...options });
    expect(construct).toThrow(SmtpError);
    expect(construct).toThrow(name);
  });
});

describe('any octets', () => {
  const LINES = [
    'EHLO c',
    'HELO c',
    'MAIL FROM:<a@x>',
    'RCPT TO:<b@y>',
    'DATA',
    '.',
    'BDAT 3',
    'BDAT 2 LAST',
    'AUTH PLAIN',
    'AUTH PLAIN =',
    '*',
    'RSET',
    'NOOP',
    'STARTTLS',
    'VRFY x',
    'QUIT',
    'x',
    '..',
    'a\rb',
    'c\nd',
    '',
  ];
  const piece = fc.oneof(
    fc.constantFrom(...LINES).map(line => encode(`${line}\r\n`)),
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom('\r', '\n', '.', '\r\n.').map(encode),
  );
  const options = fc.record({
    extensions: fc.constantFrom([], ['CHUNKING'], ['CHUNKING', 'ENHANCEDSTATUSCODES']),
    lmtp: fc.boolean(),
    startTls: fc.boolean(),
    auth: fc.constantFrom([], ['PLAIN']),
    allowInsecureAuth: fc.boolean(),
    maxMessageOctets: fc.constantFrom(0, 4),
  });

  test('never throw, always lead to a wait, and mean the same however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        options,
        fc.array(fc.nat(400)),
        (pieces, settings, cuts) => {
          const octets = Uint8Array.from(pieces.flatMap(part => [...part]));
          const run = (segments: Uint8Array[]): string => {
            const host = new Host(settings, question =>
              question.type === 'auth' && question.response?.length === 0 ? { challenge: 'x' } : undefined,
            );
            let log = host.written;
            for (const segment of segments) {
              log += host.say(segment);
              if (host.state === 'starttls') return log;
            }
            return log + host.say(null) + host.state;
          };
          const whole = run([octets]);
          if (whole.includes('Ready to start TLS')) return;
          const marks = [0, ...new Set(cuts.filter(cut => cut < octets.length))].sort((a, b) => a - b);
          expect(run(marks.map((mark, i) => octets.slice(mark, marks[i + 1] ?? octets.length)))).toBe(whole);
          expect(whole.endsWith('close')).toBe(true);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
