import { plain, xoauth2 } from '@posthaste/smtp-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Peer, type PeerServer, startPeer } from '../fixture/peer.ts';
import type { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { openConnection } from './open-connection.ts';
import type { ConnectionProgress } from './progress.ts';
import type { TranscriptLine } from './transcript.ts';

const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const small = new TextEncoder().encode('Subject: x\r\n\r\ny\r\n');
const greeting = '220 mx.test\r\n';
const hello = ['EHLO', '250-mx.test\r\n250 PIPELINING\r\n'] as const;
const accepted = [
  ['MAIL', '250 ok\r\n'],
  ['RCPT', '250 ok\r\n'],
  ['DATA', '354 go\r\n'],
] as const;

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

async function peerServer(script: (peer: Peer) => unknown): Promise<PeerServer> {
  const server = await startPeer(script);
  cleanUp.push(() => server.stop());
  return server;
}

async function open({ port }: PeerServer, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = await openConnection({ hostname: '127.0.0.1', port, tls: 'none', ...options });
  cleanUp.push(() => connection.close());
  return connection;
}

/** Greets and accepts an envelope, then does what the case is about. */
const upTo =
  (then: (peer: Peer) => unknown): ((peer: Peer) => Promise<void>) =>
  async peer => {
    peer.send(greeting);
    await peer.answer(hello, ...accepted);
    await then(peer);
  };

/** Content without end, and how much of it was asked for. */
function endless(chunkOctets = 65_536): {
  source: AsyncIterable<Uint8Array>;
  taken: () => number;
  ended: () => boolean;
} {
  let taken = 0;
  let ended = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        taken += chunkOctets;
        yield new Uint8Array(chunkOctets).fill(97);
      }
    } finally {
      ended = true;
    }
  }
  return { source: chunks(), taken: () => taken, ended: () => ended };
}

const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('while content is being sent', () => {
  test.each([
    ['552 is heard early', '552 5.3.4 too big\r\n', { kind: 'reply', code: 552, phase: 'body' }],
    ['421 is heard early', '421 4.3.2 going down\r\n', { kind: 'closing', code: 421 }],
  ])('%s, and nothing more is read from the source', async (_, reply, error) => {
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('a');
        peer.send(reply);
      }),
    );
    const connection = await open(server);
    const content = endless();
    await expect(connection.sendRaw(envelope, content.source)).rejects.toMatchObject(error);
    await connection.closed;
    expect(content.ended()).toBe(true);
    expect(server.peers[0]!.heard).not.toContain('\r\n.\r\n');
    expect(connection.open).toBe(false);
  });

  test('552 is heard although the server reads no further', async () => {
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('a');
        peer.socket.pause();
        await later(200);
        peer.send('552 too big\r\n');
      }),
    );
    const connection = await open(server);
    await expect(connection.sendRaw(envelope, endless().source)).rejects.toMatchObject({ code: 552 });
    await connection.closed;
  });

  test('552 is heard although the connection was reset behind it', async () => {
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('a');
        peer.socket.pause();
        peer.socket.write('552 too big\r\n', () => peer.socket.resetAndDestroy());
      }),
    );
    const connection = await open(server);
    await expect(connection.sendRaw(envelope, endless().source)).rejects.toMatchObject({ code: 552 });
  });

  test('a server that does not read keeps the source waiting, in bounded memory', async () => {
    const server = await peerServer(upTo(peer => peer.socket.pause()));
    const connection = await open(server);
    const content = endless();
    const sending = connection.sendRaw(envelope, content.source);
    sending.catch(() => {});
    // Content without end comes to rest, or the test runs out of time.
    let taken = 0;
    for (let still = 0; still < 5; still = taken > 0 && content.taken() === taken ? still + 1 : 0) {
      taken = content.taken();
      await later(40);
    }
    expect(taken).toBeLessThan(32 * 1024 * 1024);
    await connection.close();
    await expect(sending).rejects.toMatchObject({ kind: 'io' });
  });

  test('a server that does not read ends at the deadline of the content block', async () => {
    const server = await peerServer(upTo(peer => peer.socket.pause()));
    const connection = await open(server, { timeouts: { body: 200 } });
    await expect(connection.sendRaw(envelope, endless().source)).rejects.toMatchObject({
      kind: 'timeout',
      phase: 'body',
    });
    await connection.closed;
  });

  test('a source that fails leaves no message behind', async () => {
    const server = await peerServer(upTo(peer => peer.ended));
    const connection = await open(server);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield small;
      throw new Error('disk on fire');
    }
    await expect(connection.sendRaw(envelope, broken())).rejects.toMatchObject({
      kind: 'aborted',
      cause: { message: 'disk on fire' },
    });
    await connection.closed;
    expect(server.peers[0]!.heard).not.toContain('\r\n.\r\n');
  });

  test('chunks that are no octets are refused, and leave no message behind', async () => {
    const server = await peerServer(upTo(peer => peer.ended));
    const connection = await open(server);
    async function* text(): AsyncGenerator<Uint8Array> {
      yield 'text' as never;
    }
    await expect(connection.sendRaw(envelope, text())).rejects.toMatchObject({
      cause: { name: 'TypeError' },
    });
  });
});

describe('how a session ends', () => {
  test.each([
    [
      'an end after the final dot leaves the message in doubt',
      '',
      { kind: 'disconnected', deliveryUnknown: true },
    ],
    ['a refusal after the final dot is one', '554 no\r\n', { kind: 'reply', code: 554, phase: 'final' }],
  ])('%s', async (_, reply, error) => {
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('\r\n.\r\n');
        peer.socket.end(reply);
      }),
    );
    await expect((await open(server)).sendRaw(envelope, small)).rejects.toMatchObject(error);
  });

  test('a reset behind the final 250 changes nothing', async () => {
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('\r\n.\r\n');
        peer.socket.write('250 queued\r\n', () => peer.socket.resetAndDestroy());
      }),
    );
    const connection = await open(server);
    expect(await connection.sendRaw(envelope, small)).toMatchObject({ code: 250 });
    await connection.closed;
    await connection.quit();
    await expect(connection.noop()).rejects.toMatchObject({ kind: 'disconnected' });
  });

  test('a 421 while nothing is under way closes the connection', async () => {
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(hello);
      peer.send('421 idle too long\r\n');
    });
    const connection = await open(server);
    await connection.closed;
    expect(connection.open).toBe(false);
  });

  test.each([
    ['greeting', [], {}],
    ['hello', [greeting], {}],
  ])('a server silent at %s is a timeout', async (phase, lines) => {
    const server = await peerServer(peer => lines.forEach(line => void peer.send(line)));
    const opening = open(server, { timeouts: { [phase]: 100 } });
    await expect(opening).rejects.toMatchObject({ kind: 'timeout', phase });
    // A client may give up before the server knows of it.
    await expect.poll(() => server.peers[0], { timeout: 30_000 }).toBeDefined();
    await server.peers[0]!.ended;
  });

  test('octets that dribble do not extend a deadline', async () => {
    const server = await peerServer(peer => {
      const timer = setInterval(() => peer.send('2'), 20);
      peer.socket.on('close', () => clearInterval(timer));
    });
    const opening = open(server, { timeouts: { greeting: 150 } });
    await expect(opening).rejects.toMatchObject({ phase: 'greeting' });
  });

  test('close() rejects what is under way and frees the socket', async () => {
    const server = await peerServer(upTo(peer => peer.ended));
    const connection = await open(server);
    const refused = expect(connection.sendRaw(envelope, endless().source)).rejects.toMatchObject({
      kind: 'io',
    });
    await later(50);
    await connection.close();
    await refused;
    await server.peers[0]!.ended;
  });

  test('leaving the scope says QUIT', async () => {
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(hello, ['QUIT', '221 bye\r\n']);
      peer.socket.end();
    });
    {
      await using connection = await open(server);
      expect(connection.open).toBe(true);
    }
    await server.peers[0]!.ended;
    expect(server.peers[0]!.heard).toMatch(/QUIT\r\n$/);
  });
});

describe('an abort', () => {
  test.each(['greeting', 'hello'])('while the %s is awaited', async phase => {
    const abort = new AbortController();
    const server = await peerServer(peer => {
      if (phase === 'hello') peer.send(greeting);
      setTimeout(() => abort.abort('enough'), 50);
    });
    await expect(open(server, { signal: abort.signal })).rejects.toMatchObject({
      code: 'aborted',
      cause: 'enough',
    });
    await server.peers[0]!.ended;
  });

  test('before anything was opened', async () => {
    const server = await peerServer(() => {});
    const opening = open(server, { signal: AbortSignal.abort('enough') });
    await expect(opening).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    expect(server.peers).toHaveLength(0);
  });

  test.each(['MAIL', 'RCPT', 'DATA'])('before %s is answered: nothing is delivered', async verb => {
    const abort = new AbortController();
    const before = accepted.slice(
      0,
      accepted.findIndex(([name]) => name === verb),
    );
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(hello, ...before);
      await peer.line();
      abort.abort('enough');
      peer.send(verb === 'DATA' ? '354 go\r\n' : '250 ok\r\n250 ok\r\n');
      await peer.answer(...accepted.slice(before.length + (verb === 'MAIL' ? 2 : 1)));
    });
    const connection = await open(server);
    const sending = connection.sendRaw(envelope, small, { signal: abort.signal });
    await expect(sending).rejects.toMatchObject({ kind: 'aborted', cause: 'enough' });
    await connection.closed;
    expect(server.peers[0]!.heard).not.toContain('Subject');
  });

  test('while content is being sent: no final dot, and the source is told', async () => {
    const abort = new AbortController();
    const server = await peerServer(upTo(peer => peer.ended));
    const connection = await open(server);
    const content = endless();
    const sending = connection.sendRaw(envelope, content.source, { signal: abort.signal });
    while (content.taken() === 0) await later(10);
    abort.abort('enough');
    await expect(sending).rejects.toMatchObject({ kind: 'aborted', cause: 'enough' });
    await connection.closed;
    expect(content.ended()).toBe(true);
    expect(server.peers[0]!.heard).not.toContain('\r\n.\r\n');
  });

  test('after the final dot: the message is in doubt, and the session goes on', async () => {
    const abort = new AbortController();
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('\r\n.\r\n');
        abort.abort('enough');
        await later(30);
        peer.send('250 queued\r\n');
        await peer.answer(['NOOP', '250 ok\r\n']);
      }),
    );
    const connection = await open(server);
    const sending = connection.sendRaw(envelope, small, { signal: abort.signal });
    await expect(sending).rejects.toMatchObject({ kind: 'aborted', deliveryUnknown: true });
    expect(await connection.noop()).toMatchObject({ code: 250 });
  });

  test('before its turn leaves no trace', async () => {
    const abort = new AbortController();
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('\r\n.\r\n');
        await later(50);
        peer.send('250 one\r\n');
        for (;;) {
          await peer.answer(...accepted);
          await peer.until('\r\n.\r\n');
          peer.send('250 next\r\n');
        }
      }),
    );
    const connection = await open(server);
    const sends = ['one', 'two', 'three', 'four'].map((name, at) =>
      connection.sendRaw(
        { ...envelope, to: [`${name}@example.net`] },
        small,
        at === 2 ? { signal: abort.signal } : {},
      ),
    );
    abort.abort('enough');
    await expect(sends[2]).rejects.toMatchObject({ kind: 'aborted', cause: 'enough' });
    await Promise.all([sends[0], sends[1], sends[3]]);
    expect(server.peers[0]!.heard).not.toContain('three@example.net');
  });
});

describe('a server that goes away', () => {
  const replies = [
    greeting,
    '250-mx.test\r\n250 PIPELINING\r\n',
    '250 sender\r\n250 recipient\r\n',
    '354 go\r\n',
    '250 queued\r\n',
  ];
  const dialogue = replies.join('');
  const requests = ['', 'EHLO', 'RCPT TO:<bob@example.net>\r\n', 'DATA\r\n', '\r\n.\r\n'];

  /** Says its part octet by octet as far as it goes, and hangs up. */
  function cutShort(octets: number): (peer: Peer) => Promise<void> {
    return async peer => {
      let left = octets;
      for (const [step, reply] of replies.entries()) {
        if (requests[step] !== '') await peer.until(requests[step]!);
        peer.send(reply.slice(0, left));
        left -= reply.length;
        if (left <= 0) break;
      }
      peer.socket.end();
    };
  }

  test('after each octet: one outcome, and in doubt only once the final dot has left', async () => {
    for (let cut = 0; cut <= dialogue.length; cut++) {
      const server = await startPeer(cutShort(cut));
      const outcome = await openConnection({ hostname: '127.0.0.1', port: server.port, tls: 'none' })
        .then(connection => connection.sendRaw(envelope, small))
        .then(
          result => result.code,
          error => (error.deliveryUnknown ? 'in doubt' : error.kind),
        );
      // Behind the 354 the client hands out everything, its final dot too.
      const doubtful = cut >= dialogue.length - replies.at(-1)!.length;
      const expected = cut === dialogue.length ? 250 : doubtful ? 'in doubt' : 'disconnected';
      expect([cut, outcome]).toEqual([cut, expected]);
      await server.stop();
    }
  });
});

describe('a deadline is for the server alone: an hour passes', () => {
  /** Stops the clock, so that it moves by an hour when `hour` is called and not otherwise. */
  function stopClock(): { hour(): Promise<void> } {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    cleanUp.push(() => vi.useRealTimers());
    return {
      async hour() {
        // What the server said meanwhile is heard first.
        for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
        vi.advanceTimersByTime(3_600_000);
      },
    };
  }

  test('while a token is fetched', async () => {
    const clock = stopClock();
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(['EHLO', '250-mx.test\r\n250 AUTH XOAUTH2\r\n'], ['AUTH', '235 ok\r\n']);
    });
    const accessToken = async () => {
      await clock.hour();
      return 'token';
    };
    const connection = await open(server, {
      auth: [xoauth2({ user: 'ann', accessToken })],
      allowInsecureAuth: true,
    });
    expect(connection.open).toBe(true);
  });

  /** Takes chunks that end with lines (RFC 3030 §2). */
  async function chunks(peer: Peer): Promise<void> {
    for (let last: string | undefined; last === undefined; ) {
      const [, octets, end] = /^BDAT (\d+)( LAST)?$/.exec(await peer.line())!;
      for (let taken = 0; taken < Number(octets); ) taken += (await peer.until('\r\n')).length;
      peer.send('250 ok\r\n');
      last = end;
    }
  }

  async function data(peer: Peer): Promise<void> {
    await peer.answer(['DATA', '354 go\r\n']);
    await peer.until('\r\n.\r\n');
    peer.send('250 ok\r\n');
  }

  test.each([
    ['data', '250 PIPELINING\r\n', data],
    ['bdat', '250-PIPELINING\r\n250 CHUNKING\r\n', chunks],
  ] as const)('while content is made, with %s', async (transfer, extensions, take) => {
    const clock = stopClock();
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(
        ['EHLO', `250-mx.test\r\n${extensions}`],
        ['MAIL', '250 ok\r\n'],
        ['RCPT', '250 ok\r\n'],
      );
      await take(peer);
    });
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (const text of ['Subject: x\r\n\r\n', 'y\r\n', 'z\r\n']) {
        await clock.hour();
        yield new TextEncoder().encode(text);
      }
      await clock.hour();
    }
    const { accepted: taken } = await (await open(server, { transfer })).sendRaw(envelope, slow());
    expect(taken).toEqual(envelope.to);
  });
});

describe('what a caller hears', () => {
  test('progress grows to the total, then awaits the reply', async () => {
    const server = await peerServer(
      upTo(async peer => {
        await peer.until('\r\n.\r\n');
        peer.send('250 ok\r\n');
      }),
    );
    const steps: ConnectionProgress[] = [];
    const content = new Uint8Array(1_000_000).fill(97);
    await (await open(server)).sendRaw(envelope, content, { onProgress: step => void steps.push(step) });
    expect(steps[0]).toEqual({ phase: 'body', sentOctets: 0, totalOctets: 1_000_000 });
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.every((step, at) => at === 0 || step.sentOctets >= steps[at - 1]!.sentOctets)).toBe(true);
    expect(steps.at(-1)).toEqual({ phase: 'final', sentOctets: 1_000_000, totalOctets: 1_000_000 });
  });

  test('what a mechanism threw is the cause of the failed sign-in', async () => {
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(['EHLO', '250-mx.test\r\n250 AUTH XOAUTH2\r\n']);
    });
    const auth = [xoauth2({ user: 'ann', accessToken: () => Promise.reject(new Error('signed out')) })];
    await expect(open(server, { auth, allowInsecureAuth: true })).rejects.toMatchObject({
      kind: 'auth',
      cause: { message: 'signed out' },
    });
  });

  test('a mechanism that answers with a text cancels the sign-in', async () => {
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(['EHLO', '250-mx.test\r\n250 AUTH X-TEXT\r\n']);
    });
    const auth = [{ name: 'X-TEXT', clientFirst: true, cleartext: false, respond: () => 'text' as never }];
    await expect(open(server, { auth })).rejects.toMatchObject({
      kind: 'auth',
      cause: { name: 'TypeError' },
    });
  });

  test('the transcript has every line and no secret', async () => {
    const server = await peerServer(async peer => {
      peer.send(greeting);
      await peer.answer(['EHLO', '250-mx.test\r\n250 AUTH PLAIN\r\n'], ['AUTH', '535 no\r\n']);
    });
    const lines: TranscriptLine[] = [];
    const opening = open(server, {
      auth: [plain({ user: 'ann', pass: 'canary' })],
      allowInsecureAuth: true,
      clientName: 'client.test',
      onTranscript: line => void lines.push(line),
    });
    const error = await opening.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'auth', code: 535 });
    expect(lines.map(line => `${line.direction} ${line.text}`)).toEqual([
      'in 220 mx.test',
      'out EHLO client.test',
      'in 250-mx.test',
      'in 250 AUTH PLAIN',
      'out AUTH PLAIN ***',
      'in 535 no',
      'note Closed',
    ]);
    expect(`${JSON.stringify([lines, error])} ${error}`).not.toMatch(/canary|AGFubgBjYW5hcnk/);
  });
});
