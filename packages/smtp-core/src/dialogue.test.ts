import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delivery, message, octetwise, opening, play, prepared, send } from '../fixture/dialogue.ts';
import { DIALOGUES } from '../fixture/dialogues.ts';
import { type Action, SmtpClient, type SmtpError } from './index.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const idle = () => play({ title: '', ref: '', script: opening('PIPELINING') }).smtp;

describe('answers', () => {
  const unasked: [string, (smtp: SmtpClient) => void][] = [
    ['tlsStarted', smtp => smtp.tlsStarted()],
    ['tlsFailed', smtp => smtp.tlsFailed()],
    ['authRespond', smtp => smtp.authRespond(encode(''))],
    ['authAbort', smtp => smtp.authAbort()],
    ['body', smtp => smtp.body(null)],
    ['bodyAbort', smtp => smtp.bodyAbort()],
  ];
  test.each(unasked)('%s() throws when nobody asked', (_, answer) => {
    expect(() => answer(idle())).toThrow(TypeError);
    expect(() => answer(new SmtpClient({ clientName: 'c.test', tls: 'none' }))).toThrow(TypeError);
  });

  test.each(unasked)('%s() is ignored when the session is over', (_, answer) => {
    const smtp = idle();
    smtp.receive(null);
    expect(() => answer(smtp)).not.toThrow();
    expect(smtp.poll()).toEqual({ type: 'close' });
  });

  test('an answer to something else throws', () => {
    const { smtp } = play({
      title: '',
      ref: '',
      work: [{ ...send(), holdAfter: 0 }],
      script: `${opening()}${delivery.split('C: hi')[0]}`,
    });
    expect(smtp.poll()).toMatchObject({ type: 'body', op: 1, max: 65_536 });
    expect(smtp.state).toBe('body');
    expect(() => smtp.authAbort()).toThrow(TypeError);
  });

  test('what a mechanism throws at an unasked moment is thrown, and fails the session when the driver says so', () => {
    const broken = {
      ...prepared('PLAIN', ['x']),
      verified: () => {
        throw new RangeError('broken');
      },
    };
    const smtp = new SmtpClient({ clientName: 'c.test', tls: 'implicit', auth: [broken] });
    const feed = (line: string) => {
      smtp.receive(encode(`${line}\r\n`));
      let action = smtp.poll();
      while (action.type === 'write' || action.type === 'event') action = smtp.poll();
      return action;
    };
    feed('220 s.test');
    expect(feed('250-s.test\r\n250 AUTH PLAIN')).toMatchObject({ type: 'auth' });
    smtp.authRespond(encode('x'));
    smtp.poll();
    expect(() => smtp.receive(encode('235 ok\r\n'))).toThrow(RangeError);
    smtp.fail();
    const actions: Action[] = [];
    do actions.push(smtp.poll());
    while (actions.at(-1)!.type !== 'close');
    const done = { type: 'done', op: 0, ok: false, error: { kind: 'io', phase: 'auth' } };
    expect(actions).toContainEqual({
      type: 'event',
      event: expect.objectContaining({ ...done, error: expect.objectContaining(done.error) }),
    });
  });

  test('a second answer throws', () => {
    const { smtp } = play({
      title: '',
      ref: '',
      work: [{ ...send(), holdAfter: 0 }],
      script: `${opening()}${delivery.split('C: hi')[0]}`,
    });
    smtp.body(encode('a'));
    expect(() => smtp.body(encode('b'))).toThrow(TypeError);
  });

  test('anything but octets throws', () => {
    const smtp = idle();
    expect(() => smtp.body('hi' as unknown as Uint8Array)).toThrow('Uint8Array');
    expect(() => smtp.authRespond(null as unknown as Uint8Array)).toThrow('Uint8Array');
  });

  test('a chunk for an operation that was decided meanwhile is ignored', () => {
    const { smtp, events } = play({
      title: '',
      ref: '',
      options: { transfer: 'bdat' },
      work: [{ ...send({}, ['a', 'b', 'c']), holdAfter: 2 }],
      script: `${opening('CHUNKING', 'PIPELINING')}
        C: MAIL FROM:<a@x.test>
        C: RCPT TO:<b@y.test>
        S: 250 a
        S: 250 b
        C| BDAT 1\\r\\na
        S: 552 too big`,
    });
    expect(events.at(-1)).toMatchObject({ type: 'done', op: 1, ok: false });
    smtp.body(encode('c'));
    expect(smtp.poll()).toEqual({ type: 'idle' });
  });

  test('asking again without an answer gets the same question', () => {
    const asked: Action[] = [];
    play(
      {
        title: '',
        ref: '',
        auth: () => [prepared('PLAIN', ['x'])],
        script: `${opening('AUTH PLAIN')}C: AUTH PLAIN eA==`,
      },
      { spy: (action, smtp) => action.type === 'auth' && asked.push(action, smtp.poll()) },
    );
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
  });

  test('a mechanism may be asked, and the session lost before it answers', () => {
    const smtp = new SmtpClient({ clientName: 'c.test', tls: 'none', auth: [prepared('PLAIN', ['x'])] });
    smtp.receive(encode('220 s.test\r\n'));
    while (smtp.poll().type !== 'read');
    smtp.receive(encode('250-s.test\r\n250 AUTH PLAIN\r\n'));
    while (smtp.poll().type !== 'auth');
    expect(smtp.state).toBe('auth');
    smtp.timeout();
    smtp.authRespond(encode('x'));
    expect(smtp.poll()).toMatchObject({
      event: { type: 'done', op: 0, error: { kind: 'timeout', phase: 'auth' } },
    });
    expect(smtp.poll()).toEqual({ type: 'close' });
  });
});

test('what was offered can be read', () => {
  expect(Object.fromEntries(idle().capabilities)).toEqual({ PIPELINING: [] });
  expect(idle().secure).toBe(false);
});

describe('after the end', () => {
  test('input is ignored, and work ends as lost', () => {
    const smtp = idle();
    smtp.receive(encode('421 bye\r\n'));
    smtp.receive(encode('250 anyone?\r\n'));
    smtp.timeout();
    smtp.fail();
    smtp.receive(null);
    expect(smtp.poll()).toMatchObject({ event: { type: 'reply', command: '', reply: { code: 421 } } });
    expect(smtp.poll()).toEqual({ type: 'close' });
    const op = smtp.send(message);
    expect(smtp.poll()).toMatchObject({
      event: {
        type: 'done',
        op,
        ok: false,
        error: { kind: 'disconnected', phase: 'idle', cause: { code: 421 } },
      },
    });
    expect(smtp.poll()).toEqual({ type: 'close' });
    expect(smtp.state).toBe('idle');
  });

  test('a deadline or a failure while TLS is being set up', () => {
    for (const end of ['timeout', 'fail'] as const) {
      const smtp = new SmtpClient({ clientName: 'c.test', tls: 'starttls' });
      smtp.receive(encode('220 s.test\r\n'));
      while (smtp.poll().type !== 'read');
      smtp.receive(encode('250-s.test\r\n250 STARTTLS\r\n'));
      while (smtp.poll().type !== 'read');
      smtp.receive(encode('220 go\r\n'));
      smtp[end]();
      while (smtp.poll().type === 'event');
      expect(smtp.poll()).toEqual({ type: 'close' });
      smtp.tlsStarted();
      expect(smtp.secure).toBe(false);
      expect(smtp.state).toBe('idle');
    }
  });
});

test('a deadline begins with each reply that is awaited, and not with each read', () => {
  const waits: string[] = [];
  const spy = (action: Action) => {
    if (action.type === 'read')
      waits.push(`${action.wait.id} ${action.wait.phase} ${action.wait.ms / 60_000}`);
  };
  const script = `${opening()}${delivery}S: 250 ok`;
  play({ title: '', ref: '', work: [send()], script }, { segment: octetwise, drainBetween: true, spy });
  const distinct = [...new Set(waits)];
  expect(distinct).toEqual(['0 greeting 5', '1 hello 5', '2 mail 5', '3 rcpt 5', '4 data 2', '5 final 10']);
  expect(waits).toEqual([...waits].sort());
  expect(waits.length).toBeGreaterThan(50);
});

test('one write for each chunk of the content, and no chunk asked for before it is taken', () => {
  const order: string[] = [];
  const content = ['a\r\n', 'b\r\n', 'c'];
  play(
    {
      title: '',
      ref: '',
      work: [send({}, content)],
      script: `${opening()}${delivery.replace('C: hi', 'C: a\nC: b\nC: c')}S: 250 ok`,
    },
    { spy: action => (action.type === 'body' || action.type === 'write') && order.push(action.type) },
  );
  expect(order.slice(order.indexOf('body'))).toEqual([
    'body',
    'write',
    'body',
    'write',
    'body',
    'write',
    'body',
    'write',
  ]);
});

test('a group is one write', () => {
  const { writes } = play({
    title: '',
    ref: '',
    work: [send({ to: ['b@y.test', 'c@y.test'] })],
    script: `${opening('PIPELINING')}C: MAIL FROM:<a@x.test>\nC: RCPT TO:<b@y.test>\nC: RCPT TO:<c@y.test>`,
  });
  expect(writes.at(-1)).toBe('MAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nRCPT TO:<c@y.test>\r\n');
});

test('recipients are told one by one', () => {
  const { events } = play({
    title: '',
    ref: '',
    work: [send({ to: ['b@y.test', 'c@y.test'] })],
    script: `${opening('PIPELINING')}C: MAIL FROM:<a@x.test>\nC: RCPT TO:<b@y.test>\nC: RCPT TO:<c@y.test>\nS: 250 a\nS: 550 b\nS: 250 c\nC: DATA`,
  });
  expect(events.filter(event => event.type === 'recipient')).toMatchObject([
    { op: 1, rcpt: 'b@y.test', accepted: false, reply: { code: 550 } },
    { op: 1, rcpt: 'c@y.test', accepted: true, reply: { code: 250 } },
  ]);
});

describe('secrets', () => {
  const secret = btoa('\0user\0correct horse');
  test.each(DIALOGUES.filter(({ auth }) => auth))('stay out of every event: $title', dialogue => {
    const { events } = play(dialogue);
    const replies = events.filter(event => event.type === 'reply' && event.command === 'AUTH');
    for (const event of replies)
      expect((event as { redacted: string }).redacted).toMatch(/^AUTH [A-Z0-9-]+( \*\*\*)?$/);
  });

  test('even when the server repeats them, now or later', () => {
    const { events } = play({
      title: '',
      ref: '',
      auth: () => [prepared('PLAIN', ['\0user\0correct horse'])],
      work: [{ begin: smtp => smtp.command('NOOP') }],
      script: `${opening('AUTH PLAIN')}
        C: AUTH PLAIN ${secret}
        S: 235-2.7.0 thank you for ${secret}
        S: 235 ok
        C: NOOP
        S: 250 remember ${secret}?`,
    });
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(JSON.stringify(events)).toContain('thank you for ***');
    expect(JSON.stringify(events)).toContain('remember ***?');
  });

  test('nor are they in an error', () => {
    const { events } = play({
      title: '',
      ref: '',
      auth: () => [prepared('PLAIN', ['\0user\0correct horse'])],
      script: `${opening('AUTH PLAIN')}C: AUTH PLAIN ${secret}\nS: 535 not ${secret}\nC: QUIT`,
    });
    const { error } = events.at(-1) as { error: SmtpError };
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(secret);
    expect(error.reply?.lines).toEqual(['not ***']);
  });

  test('challenges are not shown, but the mechanism sees them whole', () => {
    const seen: string[] = [];
    const { events } = play({
      title: '',
      ref: '',
      auth: () => [
        {
          ...prepared('X', []),
          respond: challenge => {
            if (challenge) seen.push(new TextDecoder().decode(challenge));
            return encode('abc');
          },
        },
      ],
      script: `${opening('AUTH X')}C: AUTH X YWJj\nS: 334 YWJjZGVm\nC: YWJj\nS: 235 ok`,
    });
    expect(seen).toEqual(['abcdef']);
    expect(JSON.stringify(events)).not.toContain('YWJj');
  });
});

describe('whatever the server says', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '220',
      '250',
      '250-x',
      '250 PIPELINING',
      '354',
      '421',
      '550',
      '235',
      '334',
      '',
      '\r',
      '\0',
      'HTTP',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const octets = fc.oneof(
    fc.array(line, { maxLength: 12 }).map(lines => encode(lines.map(text => `${text}\r\n`).join(''))),
    fc.uint8Array({ maxLength: 80 }),
  );

  test('nothing throws, every operation is decided once, and closed is closed', { timeout: 60_000 }, () => {
    const run = (chunks: readonly Uint8Array[], pipelineData: boolean, bdat: boolean) => {
      const smtp = new SmtpClient({
        clientName: 'c.test',
        tls: 'none',
        pipelineData,
        ...(bdat && { transfer: 'bdat', pipelineWindow: { transactions: 2, octets: 9 } }),
      });
      const ops = [
        smtp.send(message),
        smtp.command('NOOP'),
        smtp.send({ ...message, to: ['b@y.test', 'c@z.test'] }),
      ];
      const decided: number[] = [];
      let asked = 0;
      const drain = () => {
        for (;;) {
          const action = smtp.poll();
          if (action.type === 'body') smtp.body(asked++ % 3 === 2 ? null : encode('.a\n'));
          if (action.type === 'event' && action.event.type === 'done') decided.push(action.event.op);
          if (action.type === 'read' || action.type === 'idle' || action.type === 'close') return action.type;
        }
      };
      drain();
      for (const chunk of chunks) {
        smtp.receive(chunk);
        drain();
      }
      smtp.receive(null);
      expect(drain()).toBe('close');
      expect(decided.filter(op => op > 0).sort()).toEqual(ops);
      smtp.receive(encode('250 ok\r\n'));
      expect(smtp.poll()).toEqual({ type: 'close' });
    };
    fc.assert(fc.property(fc.array(octets, { maxLength: 6 }), fc.boolean(), fc.boolean(), run), {
      numRuns: 300,
    });
  });

  test('1,000 random segmentations of a dialogue leave identical traces', { timeout: 60_000 }, () => {
    const candidates = DIALOGUES.filter(({ script }) => script.length > 200);
    const cut = (seed: readonly number[]) => (segment: Uint8Array) => {
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (let i = 0; at < segment.length; i++) {
        const length = seed[i % seed.length]!;
        pieces.push(segment.subarray(at, at + length));
        at += length;
      }
      return pieces;
    };
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...candidates), sizes, (dialogue, seed) => {
        const expected = play(dialogue);
        const { events, writes } = play(dialogue, { segment: cut(seed) });
        expect(JSON.stringify(events)).toBe(JSON.stringify(expected.events));
        expect(writes.join('')).toBe(expected.writes.join(''));
      }),
      { numRuns: 1000 },
    );
  });
});
