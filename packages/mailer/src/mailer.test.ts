import { serve } from '@posthaste/bridge';
import { memoryConnect } from '@posthaste/bridge/memory';
import { SmtpServer } from '@posthaste/smtp-core';
import { expect, onTestFinished, test } from 'vitest';
import {
  local,
  nobody,
  type RecordingServer,
  type RecordingServerOptions,
  startServer,
} from '../test/recording-server.ts';
import { ConnectError, HeaderInjectionError, MimeError, SmtpError } from './error-classes.ts';
import { createMailer, DeliveryError, type Mailer, MailerError, type ServerOptions } from './index.ts';

const message = {
  from: 'Ann <ann@example.org>',
  to: 'bob@example.net',
  subject: 'Hello',
  text: 'Good morning',
};

async function setUp(
  server: RecordingServerOptions = {},
  options: ServerOptions = {},
): Promise<{ server: RecordingServer; mailer: Mailer }> {
  const recording = await startServer(server);
  const mailer = createMailer({ ...local(recording), ...options });
  onTestFinished(async () => {
    await mailer.close();
    await recording.close();
  });
  return { server: recording, mailer };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    value => expect.fail(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

test('sends text, HTML and an attachment, and says what became of it', async () => {
  const { server, mailer } = await setUp();
  const receipt = await mailer.send({
    from: 'Ann <ann@example.org>',
    to: ['bob@example.net', 'Carla <carla@example.net>'],
    bcc: 'dora@example.net',
    subject: 'Grüße 🚀',
    text: 'See the file',
    html: '<p>See the <b>file</b></p>',
    attachments: [{ filename: '报告.pdf', content: new TextEncoder().encode('%PDF-1.7 not quite') }],
  });
  expect(receipt).toMatchObject({
    state: 'accepted',
    messageId: expect.stringMatching(/^<.+@.+>$/),
    envelope: { from: 'ann@example.org', to: ['bob@example.net', 'carla@example.net', 'dora@example.net'] },
    reply: { code: 250 },
    attempts: 1,
  });
  expect(receipt.recipients.map(({ address, state }) => [address, state])).toEqual([
    ['bob@example.net', 'accepted'],
    ['carla@example.net', 'accepted'],
    ['dora@example.net', 'accepted'],
  ]);
  expect(receipt.timings.durationMs).toBeGreaterThanOrEqual(0);
  const [taken] = server.messages;
  expect(server.messages).toHaveLength(1);
  expect(taken?.to).toEqual(['bob@example.net', 'carla@example.net', 'dora@example.net']);
  expect(taken?.content).toContain(`Message-ID: ${receipt.messageId}`);
  expect(taken?.content).toContain('multipart/alternative');
  expect(taken?.content).toContain(btoa('%PDF-1.7 not quite'));
  expect(taken?.content).not.toContain('dora');
});

test('a message that some recipients got is a partial success', async () => {
  const { server, mailer } = await setUp({
    handler: {
      onRcpt: ({ to }) =>
        to.startsWith('gone') ? { code: 550, enhanced: '5.1.1', text: 'No such person' } : undefined,
    },
  });
  const receipt = await mailer.send({ ...message, to: ['bob@example.net', 'gone@example.net'] });
  expect(receipt.state).toBe('partial');
  expect(receipt.recipients).toMatchObject([
    { address: 'bob@example.net', state: 'accepted', permanent: false, retry: false },
    {
      address: 'gone@example.net',
      state: 'rejected',
      enhanced: '5.1.1',
      permanent: true,
      retry: false,
      reply: { code: 550 },
    },
  ]);
  expect(server.messages.map(({ to }) => to)).toEqual([['bob@example.net']]);
});

test('all or nothing: one refusal spares everyone, and the next message goes out', async () => {
  const { server, mailer } = await setUp({
    handler: {
      onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'No such person' } : undefined),
    },
  });
  const error = await failure(
    mailer.send({ ...message, to: ['bob@example.net', 'gone@example.net'] }, { allOrNothing: true }),
  );
  expect(error).toBeInstanceOf(DeliveryError);
  expect((error as DeliveryError).receipt.recipients).toMatchObject([
    { address: 'bob@example.net', state: 'not-sent' },
    { address: 'gone@example.net', state: 'rejected', permanent: true },
  ]);
  expect(server.messages).toEqual([]);
  await mailer.send(message, { allOrNothing: true });
  expect(server.messages).toHaveLength(1);
});

test.each([
  [550, true],
  [451, false],
])('a refusal of the sender with %i is an error with the receipt', async (code, permanent) => {
  const { mailer } = await setUp({ handler: { onMail: () => ({ code, text: 'Not you' }) } });
  const error = await failure(mailer.send(message));
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error).toMatchObject({
    code: 'rejected',
    temporary: !permanent,
    message: expect.stringContaining(`${code} `),
    cause: expect.any(SmtpError),
    receipt: { state: 'rejected', recipients: [{ state: 'rejected', permanent, retry: !permanent }] },
  });
});

test('a message whose end left without an answer is unknown and never sent again', async () => {
  const stopping = new AbortController();
  const { server, mailer } = await setUp({
    listen: { signal: stopping.signal },
    handler: {
      onMessage: () => {
        stopping.abort();
        return new Promise(() => {});
      },
    },
  });
  const error = await failure(mailer.send(message));
  expect(error).toMatchObject({
    code: 'unknown',
    temporary: false,
    receipt: {
      state: 'unknown',
      attempts: 1,
      recipients: [{ state: 'unknown', permanent: false, retry: false }],
    },
  });
  expect(server.sessions).toBe(1);
});

test('nobody listens: not sent, with the reason', async () => {
  const mailer = createMailer(await nobody());
  const error = await failure(mailer.send(message));
  expect(error).toMatchObject({
    code: 'not-sent',
    cause: expect.any(ConnectError),
    receipt: {
      state: 'not-sent',
      attempts: 1,
      recipients: [{ state: 'not-sent', permanent: false, retry: true }],
    },
  });
  await mailer.close();
});

test.each([
  ['an address that is none', { ...message, to: 'bob' }, MimeError],
  ['a sender with a line break', { ...message, from: 'ann@example.org\r\nBcc: eve@example.com' }, MimeError],
  [
    'a subject with a line break',
    { ...message, subject: 'Hi\r\nBcc: eve@example.com' },
    HeaderInjectionError,
  ],
  ['nobody to write to', { ...message, to: [] }, MailerError],
])('%s is refused before anything is opened', async (_, bad, type) => {
  const { server, mailer } = await setUp();
  expect(await failure(mailer.send(bad))).toBeInstanceOf(type);
  expect(server.sessions).toBe(0);
  await mailer.send(message);
  expect(server.messages).toHaveLength(1);
});

test('sends ready-made octets as they are, under the envelope given', async () => {
  const { server, mailer } = await setUp();
  const raw = new TextEncoder().encode('Subject: ready\n\n.dot\nbäre\n');
  const receipt = await mailer.send({ raw, envelope: { from: '', to: 'Bob <bob@bücher.example>' } });
  expect(receipt.envelope).toMatchObject({
    from: '',
    to: ['bob@xn--bcher-kva.example'],
    size: 31,
    body: '8bit',
  });
  expect(server.messages[0]).toMatchObject({ from: '', content: 'Subject: ready\r\n\r\n.dot\r\nbäre\r\n' });
});

test('sends a stream once, and says so when it cannot be read', async () => {
  const { server, mailer } = await setUp();
  const chunks = async function* (end?: Error): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('Subject: stream\r\n\r\n');
    if (end) throw end;
    yield new TextEncoder().encode('body\r\n');
  };
  const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
  await mailer.send({ raw: chunks(), envelope });
  expect(server.messages[0]?.content).toBe('Subject: stream\r\n\r\nbody\r\n');
  const error = await failure(mailer.send({ raw: chunks(new Error('disk gone')), envelope }));
  expect(error).toMatchObject({ code: 'not-sent', receipt: { attempts: 1 } });
  await mailer.send(message);
  expect(server.messages).toHaveLength(2);
});

test('asks for what the envelope options say', async () => {
  const { server, mailer } = await setUp({ server: { extensions: ['DSN', 'DELIVERBY', 'MT-PRIORITY'] } });
  await mailer.send(message, { dsn: { ret: 'HDRS', envid: 'x1' }, deliverBy: '120;R', priority: 3 });
  expect(Object.fromEntries(server.messages[0]!.parameters)).toMatchObject({
    RET: 'HDRS',
    ENVID: 'x1',
    BY: '120;R',
    'MT-PRIORITY': '3',
  });
  const error = await failure(mailer.send(message, { holdFor: 60 }));
  expect(error).toMatchObject({ code: 'not-sent', cause: { kind: 'unsupported' }, temporary: false });
});

test('tells progress and the transcript, secrets masked', async () => {
  const lines: string[] = [];
  const phases: string[] = [];
  const { mailer } = await setUp(
    {
      server: { auth: ['PLAIN'], allowInsecureAuth: true },
      handler: { onAuth: () => undefined },
    },
    {
      auth: { user: 'ann', pass: 'tanstaafl' },
      allowInsecureAuth: true,
      onTranscript: line => lines.push(line.text),
    },
  );
  let last: unknown;
  const receipt = await mailer.send(message, {
    onProgress: progress => {
      phases.push(progress.phase);
      last = progress;
    },
  });
  expect(receipt.state).toBe('accepted');
  expect(phases).toContain('body');
  expect(last).toMatchObject({ phase: 'final', totalOctets: expect.any(Number) });
  expect(lines.join('\n')).toContain('MAIL FROM:<ann@example.org>');
  expect(lines.join('\n')).not.toContain('tanstaafl');
  expect(lines.join('\n')).not.toContain(btoa('\0ann\0tanstaafl'));
});

test.each(['body', 'final'])('a progress callback that throws at %s stops its message alone', async phase => {
  const { server, mailer } = await setUp();
  const onProgress = (progress: { phase: string }) => {
    if (progress.phase === phase) throw new Error('no display');
  };
  const error = await failure(mailer.send(message, { onProgress }));
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error).toMatchObject({
    code: 'not-sent',
    temporary: true,
    cause: { kind: 'aborted', cause: { code: 'callback' } },
  });
  await mailer.send(message);
  expect(server.messages).toHaveLength(1);
});

test.each([
  ['while connecting', '220', 0],
  ['before the message', 'MAIL', 0],
  ['at the answer to the message', '250 2.0.0', 1],
])('a transcript listener that throws %s ends its session alone', async (_, line, taken) => {
  let healthy = false;
  const { server, mailer } = await setUp(
    {},
    {
      idleMs: 1000,
      onTranscript: ({ text }) => {
        if (!healthy && text.startsWith(line)) throw new Error('disk full');
      },
    },
  );
  const sending = mailer.send(message);
  if (taken === 1) expect((await sending).state).toBe('accepted');
  else {
    expect(await failure(sending)).toMatchObject({
      code: 'not-sent',
      temporary: true,
      receipt: { attempts: 1 },
      cause: { kind: 'aborted', cause: { code: 'callback', cause: { message: 'disk full' } } },
    });
  }
  healthy = true;
  await mailer.send(message);
  expect(server.messages).toHaveLength(taken + 1);
  expect(server.sessions).toBeLessThanOrEqual(2);
});

test('an abort before and during a message leaves the mailer sound', async () => {
  const { server, mailer } = await setUp();
  const reason = new Error('changed my mind');
  expect(await failure(mailer.send(message, { signal: AbortSignal.abort(reason) }))).toMatchObject({
    code: 'not-sent',
    cause: reason,
  });
  const controller = new AbortController();
  const stuck = async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('Subject: x\r\n\r\n');
    controller.abort(reason);
    await new Promise(() => {});
  };
  const error = await failure(
    mailer.send(
      { raw: stuck(), envelope: { from: 'ann@example.org', to: 'bob@example.net' } },
      { signal: controller.signal },
    ),
  );
  expect(error).toMatchObject({ code: 'not-sent', cause: { kind: 'aborted', cause: reason } });
  await mailer.send(message);
  expect(server.messages).toHaveLength(1);
});

test('verify signs in and leaves, and says when it cannot', async () => {
  const { server, mailer } = await setUp(
    {
      server: { auth: ['PLAIN', 'LOGIN'], allowInsecureAuth: true },
      handler: { onAuth: () => ({ code: 535, enhanced: '5.7.8', text: 'Wrong' }) },
    },
    { auth: { user: 'ann', pass: 'wrong' }, allowInsecureAuth: true },
  );
  const error = await failure(mailer.verify());
  expect(error).toBeInstanceOf(SmtpError);
  expect(error).toMatchObject({ kind: 'auth', code: 535 });
  expect(await failure(mailer.send(message))).toMatchObject({
    code: 'not-sent',
    temporary: false,
    advice: 'check user name and password',
  });
  expect(server.messages).toEqual([]);
  const open = await setUp();
  await open.mailer.verify();
  expect(open.server.sessions).toBe(1);
});

test('a closed mailer sends no more, and closing lets what has begun finish', async () => {
  const { server, mailer } = await setUp();
  const sent = mailer.send(message);
  await mailer.close();
  expect((await sent).state).toBe('accepted');
  expect(await failure(mailer.send(message))).toMatchObject({ code: 'closed' });
  expect(server.messages).toHaveLength(1);
});

test('an attachment that fails mid-read ends its message alone', async () => {
  const { server, mailer } = await setUp();
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100_000);
    throw new Error('disk gone');
  };
  const error = await failure(
    mailer.send({ ...message, attachments: [{ filename: 'a.bin', content: content() }] }),
  );
  expect(error).toMatchObject({
    code: 'not-sent',
    temporary: false,
    receipt: { attempts: 1, recipients: [{ state: 'not-sent', permanent: true, retry: false }] },
  });
  await mailer.send(message);
  expect(server.messages.map(({ to }) => to)).toEqual([['bob@example.net']]);
});

test.each([['text'], [undefined], [42], [{}]])('refuses %j as ready-made octets', async raw => {
  const { mailer } = await setUp();
  const envelope = { from: 'ann@example.org', to: 'bob@example.net' };
  expect(await failure(mailer.send({ raw, envelope } as never))).toMatchObject({ code: 'invalid-message' });
});

test('takes a transport of your own: anything that presents a socket', async () => {
  const contents: string[] = [];
  const connect = memoryConnect(socket =>
    serve(new SmtpServer({ serverName: 'mx.example.org' }), socket, {
      onMessage: ({ content }) => void contents.push(new TextDecoder().decode(content)),
    }),
  );
  await using mailer = createMailer({ hostname: 'mx.example.org', tls: 'none', connect });
  expect((await mailer.send(message)).state).toBe('accepted');
  expect(contents[0]).toContain('Subject: Hello');
});

test('takes a backend of your own, and reports for it', async () => {
  const subjects: string[] = [];
  await using mailer = createMailer({
    async send(outgoing) {
      const text = await new Response(outgoing.stream()).text();
      if (text.includes('refuse me')) throw new Error('HTTP 422');
      subjects.push(`${outgoing.envelope.from} ${outgoing.envelope.to.join()} ${outgoing.messageId}`);
    },
  });
  const receipt = await mailer.send(message);
  expect(receipt).toMatchObject({ state: 'accepted', recipients: [{ state: 'accepted' }] });
  expect(subjects).toEqual([`ann@example.org bob@example.net ${receipt.messageId}`]);
  await expect(mailer.send({ ...message, text: 'refuse me' })).rejects.toMatchObject({
    code: 'not-sent',
    message: expect.stringContaining('HTTP 422'),
    cause: { message: 'HTTP 422' },
  });
  await mailer.verify();
});

test('a message belongs to its caller again as soon as send has been called', async () => {
  const { server, mailer } = await setUp();
  const mutable = { ...message };
  const sent = mailer.send(mutable);
  mutable.to = 'eve@example.com';
  await sent;
  expect(server.messages[0]?.to).toEqual(['bob@example.net']);
});

test('a reply with control characters cannot forge lines of a log', async () => {
  const { mailer } = await setUp({ handler: { onMail: () => ({ code: 550, text: 'No' }) } });
  const error = (await failure(mailer.send(message))) as Error;
  expect(error.message).toMatch(/550 "[^\n]*No"/);
});
