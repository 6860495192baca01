import { describe, expect, test } from 'vitest';
import { message, opening, play, prepared } from '../fixture/dialogue.ts';
import { type ClientOptions, type Envelope, SmtpClient, SmtpError } from './index.ts';

const refused = { kind: 'invalid-argument', phase: 'mail' };
const construct = (options: unknown) => () => new SmtpClient(options as ClientOptions);
const good = { clientName: 'c.test', tls: 'none' } as const;

describe('the constructor', () => {
  test.each([
    undefined,
    null,
    'c.test',
    {},
    { clientName: 'c.test' },
    { tls: 'none' },
    ...[
      '',
      'c test',
      'c.test\r\nMAIL',
      'c..test',
      '-c.test',
      'c.test-',
      '.test',
      'é.test',
      '[',
      '[a]b',
      '[\r]',
      1,
    ].map(clientName => ({ ...good, clientName })),
    { ...good, tls: 'yes' },
    { ...good, tls: ['none'] },
    { ...good, auth: {} },
    { ...good, auth: [null] },
    { ...good, auth: [prepared('PLAIN\r\nRSET', [])] },
    { ...good, auth: [prepared('plain', [])] },
    { ...good, auth: [{ name: 'PLAIN' }] },
    { ...good, partial: 'maybe' },
    { ...good, transfer: 'chunks' },
    { ...good, pipelining: 1 },
    { ...good, manual: 'yes' },
    { ...good, lmtp: true, heloOnly: true },
    { ...good, maxInFlight: 0 },
    { ...good, maxInFlight: 1.5 },
    { ...good, maxReplyLine: Number.NaN },
    { ...good, maxReplyBytes: '9' },
    { ...good, pipelineWindow: 5 },
    { ...good, pipelineWindow: null },
    { ...good, pipelineWindow: { transactions: 0, octets: 1 } },
    { ...good, pipelineWindow: { transactions: 1, octets: Number.POSITIVE_INFINITY } },
    { ...good, proxy: 'PROXY' },
    { ...good, xclient: 'NAME=x' },
    { ...good, xclient: {} },
    { ...good, xclient: { 'NAME ADDR': 'x' } },
    { ...good, xclient: { NAME: 'x\r\n' } },
    { ...good, xclient: { NAME: '' } },
  ])('refuses %j', options => {
    let error: unknown;
    try {
      construct(options)();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SmtpError);
    expect(error).toMatchObject(refused);
  });

  test.each(['c.test', 'localhost', 'a-b.c-d.test', '[192.0.2.1]', '[IPv6:2001:db8::1]', 'xn--9ca.test'])(
    'takes %s as a client name',
    clientName => {
      expect(construct({ ...good, clientName })).not.toThrow();
    },
  );

  test('copies what it was given', () => {
    const options = { ...good, xclient: { NAME: 'x' } } as const;
    const smtp = new SmtpClient(options);
    Object.assign(options, { clientName: 'evil\r\nRSET' });
    Object.assign(options.xclient, { 'A B': 'x' });
    smtp.receive(new TextEncoder().encode('220 s.test\r\n'));
    expect(new TextDecoder().decode((smtp.poll() as { data: Uint8Array }).data)).toBe('EHLO c.test\r\n');
  });
});

const everything = [
  'SIZE',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'DELIVERBY',
  'FUTURERELEASE',
  'MT-PRIORITY',
  'REQUIRETLS',
];

/** Runs bad work before a message that must go through untouched. */
function misuse(begin: (smtp: SmtpClient) => number, options: Partial<ClientOptions> = {}) {
  const { events } = play({
    title: '',
    ref: '',
    options,
    work: [{ begin }, { begin: smtp => smtp.command('NOOP') }],
    script: options.manual
      ? 'S: 220 s.test\nC: NOOP\nS: 250 ok'
      : `${opening(...everything)}C: NOOP\nS: 250 ok`,
  });
  return events.filter(event => event.type === 'done');
}

test('what JSON cannot tell, and a list of holes, are refused like the rest', () => {
  const round: { self?: object } = {};
  round.self = round;
  const wrong = [{ size: 9n }, { priority: 1n }, { to: [round] }, { to: new Array(4_294_967_295) }];
  for (const change of wrong) {
    const envelope = { ...message, ...change } as unknown as Envelope;
    expect(misuse(smtp => smtp.send(envelope))[0]).toMatchObject({ ok: false, error: refused });
  }
});

test('what others add to every object is no option', () => {
  const added = { value: () => {}, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(Object.prototype, 'each', added);
  try {
    expect(construct(good)).not.toThrow();
  } finally {
    Reflect.deleteProperty(Object.prototype, 'each');
  }
});

describe('send() ends with invalid-argument, and nothing is written', () => {
  test.each([
    null,
    'a@x.test',
    { from: undefined },
    { from: null },
    { from: 1 },
    { to: undefined },
    { to: [] },
    { to: 'b@y.test' },
    { to: [''] },
    { to: [undefined] },
    { to: Object.assign(['b@y.test'], { length: 2 }) },
    ...[
      'a@x\r\nRSET',
      'a@x\n',
      'a\0@x',
      'a\u007f@x',
      'a@x>',
      'a@x> SIZE=1',
      '<a@x',
      'a b@x',
      '"a@x',
      '"a"b c@x',
      '\ud800@x',
      '"a\r"@x',
    ].flatMap((path): object[] => [{ from: path }, { to: ['b@y.test', path] }]),
    ...[-1, 1.5, Number.NaN, '5', '5\r\nRSET', Number.POSITIVE_INFINITY, 2 ** 53].map(size => ({ size })),
    { body: '9bit' },
    { smtputf8: 'yes' },
    { requireTls: 1 },
    { dsn: null },
    { dsn: { ret: 'ALL' } },
    { dsn: { envid: '' } },
    { dsn: { envid: 'a\r\n' } },
    { dsn: { envid: 'é' } },
    { dsn: { envid: 'x'.repeat(101) } },
    { dsn: { envid: '='.repeat(34) } },
    { dsn: { notify: [] } },
    { dsn: { notify: 'NEVER' } },
    { dsn: { notify: ['NEVER', 'FAILURE'] } },
    { dsn: { notify: ['FAILURE\r\n'] } },
    { dsn: { notify: ['sometimes'] } },
    { dsn: { orcpt: 'b@y.test' } },
    ...['', '10', '10;X', '0;R', '-1;R', '1234567890;N', '10;R\r\n', 10].map(deliverBy => ({ deliverBy })),
    { holdFor: -1 },
    { holdFor: 1e9 },
    { holdUntil: 'tomorrow' },
    { holdUntil: '2026-11-21T08:00:00Z\r\n' },
    { holdFor: 1, holdUntil: '2026-11-21T08:00:00Z' },
    { priority: 10 },
    { priority: 0.5 },
    { priority: '1' },
  ])('%j', fields => {
    const envelope = typeof fields === 'object' && fields !== null ? { ...message, ...fields } : fields;
    const [bad, next] = misuse(smtp => smtp.send(envelope as Envelope));
    expect(bad).toMatchObject({ op: 1, ok: false, error: refused });
    expect(next).toMatchObject({ op: 2, ok: true });
    expect((bad as { error: SmtpError }).error.message).not.toMatch(/[\0-\x1f\x7f]/);
  });

  test('but what the envelope itself throws is thrown', () => {
    const envelope = Object.defineProperty({ ...message }, 'size', {
      enumerable: true,
      get: () => {
        throw new RangeError('lost count');
      },
    });
    expect(() => misuse(smtp => smtp.send(envelope))).toThrow(RangeError);
  });

  test('a change behind its back does not reach the wire', () => {
    const envelope = { from: 'a@x.test', to: ['b@y.test'], dsn: { notify: ['NEVER'] } };
    const smtp = new SmtpClient({ clientName: 'c.test', tls: 'none' });
    smtp.send(envelope);
    envelope.from = 'evil@x.test';
    envelope.to[0] = 'evil>\r\nRSET';
    envelope.dsn.notify[0] = 'FAILURE\r\nRSET';
    const feed = (line: string) => {
      smtp.receive(new TextEncoder().encode(`${line}\r\n`));
      let wrote = '';
      for (let action = smtp.poll(); action.type !== 'read'; action = smtp.poll())
        if (action.type === 'write') wrote += new TextDecoder().decode(action.data);
      return wrote;
    };
    feed('220 s.test');
    expect(feed('250-s.test\r\n250 DSN')).toBe('MAIL FROM:<a@x.test>\r\n');
    expect(feed('250 ok')).toBe('RCPT TO:<b@y.test> NOTIFY=NEVER\r\n');
  });
});

describe('command() refuses', () => {
  test.each([
    '',
    ' NOOP',
    'NOOP\r\nRSET',
    'NOOP\0',
    'NOOP \ud800',
    'NOOP \u0085',
    7,
    ...[
      'EHLO',
      'HELO',
      'LHLO',
      'STARTTLS',
      'AUTH',
      'MAIL',
      'RCPT',
      'DATA',
      'BDAT',
      'RSET',
      'QUIT',
      'XCLIENT',
    ],
    'mail FROM:<>',
    'Quit now',
    'auth\tPLAIN',
  ])('%j', line => {
    expect(misuse(smtp => smtp.command(line as string))[0]).toMatchObject({ ok: false, error: refused });
  });

  test('but not what merely begins like one', () => {
    const script = `${opening()}C: QUITE`;
    expect(
      play({ title: '', ref: '', work: [{ begin: smtp => smtp.command('QUITE') }], script }).writes,
    ).toHaveLength(2);
  });
});

describe('manual mode', () => {
  test.each([
    ['hello', (smtp: SmtpClient) => smtp.hello()],
    ['startTls', (smtp: SmtpClient) => smtp.startTls()],
    ['authenticate', (smtp: SmtpClient) => smtp.authenticate(prepared('PLAIN', []))],
    ['mail', (smtp: SmtpClient) => smtp.mail('a@x.test')],
    ['rcpt', (smtp: SmtpClient) => smtp.rcpt('b@y.test')],
    ['data', (smtp: SmtpClient) => smtp.data()],
  ])('is needed for %s()', (_, begin) => {
    expect(misuse(begin)[0]).toMatchObject({ ok: false, error: refused });
  });

  test.each([
    (smtp: SmtpClient) => smtp.hello('EHLO x\r\nRSET' as 'EHLO'),
    (smtp: SmtpClient) => smtp.authenticate(prepared('A B', [])),
    (smtp: SmtpClient) => smtp.authenticate(undefined!),
    (smtp: SmtpClient) => smtp.mail('a@x.test>'),
    (smtp: SmtpClient) => smtp.mail('a@x.test', ['SIZE=1 BODY=7BIT']),
    (smtp: SmtpClient) => smtp.mail('a@x.test', ['SIZE=1\r\nRSET']),
    (smtp: SmtpClient) => smtp.mail('a@x.test', 'SIZE=1' as unknown as string[]),
    (smtp: SmtpClient) => smtp.rcpt(''),
    (smtp: SmtpClient) => smtp.rcpt('b@y.test', ['=']),
  ])('checks arguments: %s', begin => {
    expect(misuse(begin, { manual: true })[0]).toMatchObject({ ok: false, error: refused });
  });
});
