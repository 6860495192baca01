import { expect, onTestFinished, test, vi } from 'vitest';
import {
  local,
  nobody,
  type RecordingServer,
  type RecordingServerOptions,
  startServer,
} from '../test/recording-server.ts';
import { HeaderInjectionError } from './error-classes.ts';
import {
  consoleBackend,
  createMail,
  DeliveryError,
  type Mail,
  MailerError,
  type MailOptions,
  type MemoryBackend,
  memoryBackend,
} from './index.ts';

async function setUp(
  options: Partial<MailOptions> = {},
  server: RecordingServerOptions = {},
): Promise<{ mail: Mail; server: RecordingServer }> {
  const recording = await startServer(server);
  const mail = createMail({
    mailers: { default: local(recording) },
    defaultFrom: 'web@example.org',
    ...options,
  });
  onTestFinished(async () => {
    await mail.close();
    await recording.close();
  });
  return { mail, server: recording };
}

test('sendMail sends text and HTML and tells how many', async () => {
  const { mail, server } = await setUp();
  const sent = await mail.sendMail('Hello', 'plain', 'ann@example.org', ['bob@example.net'], {
    html: '<b>rich</b>',
  });
  expect(sent).toBe(1);
  expect(server.messages[0]).toMatchObject({ from: 'ann@example.org', to: ['bob@example.net'] });
  expect(server.messages[0]?.content).toMatch(/text\/plain[\s\S]*plain[\s\S]*text\/html[\s\S]*<b>rich<\/b>/);
});

test('an empty html is none', async () => {
  const { mail, server } = await setUp();
  await mail.sendMail('Hello', 'plain', 'ann@example.org', ['bob@example.net'], { html: '' });
  const mass = { subject: 'Hello', text: 'plain', html: '', to: ['bob@example.net'] };
  await mail.sendMassMail([{ ...mass, from: 'ann@example.org' }]);
  expect(server.messages).toHaveLength(2);
  for (const { content } of server.messages) expect(content).not.toMatch(/multipart|text\/html/);
});

test('from falls back to defaultFrom, never to the login name', async () => {
  const { mail, server } = await setUp();
  await mail.sendMail('Hello', 'text', null, ['bob@example.net']);
  expect(server.messages[0]?.from).toBe('web@example.org');
  const nobody = createMail({
    mailers: { default: { hostname: '127.0.0.1', auth: { user: 'u@example.org', pass: 'p' } } },
  });
  await expect(nobody.sendMail('Hello', 'text', null, ['bob@example.net'])).rejects.toMatchObject({
    code: 'no-sender',
  });
});

test('without recipients nothing is opened', async () => {
  const { mail, server } = await setUp();
  expect(await mail.sendMail('Hello', 'text', null, [])).toBe(0);
  expect(await new mail.EmailMessage({ subject: 'Hello', body: 'text' }).send()).toBe(0);
  expect(server.sessions).toBe(0);
});

test('sendMassMail takes tuples and objects, over one connection', async () => {
  const { mail, server } = await setUp();
  const sent = await mail.sendMassMail([
    ['One', 'first', 'ann@example.org', ['bob@example.net']],
    ['Nobody', 'skipped', null, []],
    { subject: 'Two', text: 'second', html: '<i>second</i>', to: ['carla@example.net'] },
  ]);
  expect(sent).toBe(2);
  expect(server.sessions).toBe(1);
  expect(server.messages.map(({ from, to }) => [from, to[0]])).toEqual([
    ['ann@example.org', 'bob@example.net'],
    ['web@example.org', 'carla@example.net'],
  ]);
});

test('the first failure ends sendMassMail, unless it fails silently', async () => {
  const refusing: RecordingServerOptions = {
    handler: { onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'No' } : undefined) },
  };
  const { mail, server } = await setUp({}, refusing);
  const messages = [
    ['One', 'first', null, ['bob@example.net']],
    ['Two', 'second', null, ['gone@example.net']],
  ] as const;
  await expect(mail.sendMassMail(messages)).rejects.toBeInstanceOf(DeliveryError);
  expect(server.messages).toHaveLength(1);
  expect(await mail.sendMassMail(messages, { failSilently: true })).toBe(1);
  expect(await mail.sendMail('Hi', 'text', null, ['bob@example.net', 'gone@example.net'])).toBe(1);
});

test('mailAdmins and mailManagers write from serverEmail under the prefix', async () => {
  const { mail, server } = await setUp({
    serverEmail: 'root@example.org',
    subjectPrefix: '[Site] ',
    admins: ['Ann <ann@example.org>', { name: 'Bo', address: 'bo@example.org' }],
    managers: [],
  });
  expect(await mail.mailAdmins('Disk full', 'text', { html: '<p>text</p>' })).toBe(1);
  expect(await mail.mailManagers('Report', 'text')).toBe(0);
  expect(server.messages).toHaveLength(1);
  expect(server.messages[0]).toMatchObject({
    from: 'root@example.org',
    to: ['ann@example.org', 'bo@example.org'],
  });
  expect(server.messages[0]?.content).toContain('Subject: [Site] Disk full');
});

test('using takes an alias, a mailer or a backend', async () => {
  const bulk = memoryBackend();
  const { mail } = await setUp({
    mailers: { default: { backend: 'dummy' }, bulk, kept: { backend: 'memory' } },
  });
  const send = (using: NonNullable<Parameters<Mail['sendMail']>[4]>['using']): Promise<number> =>
    mail.sendMail('Hi', 'text', null, ['bob@example.net'], { using });
  expect(await send('bulk')).toBe(1);
  expect(await send(bulk)).toBe(1);
  expect(await send(mail.mailers.get('kept'))).toBe(1);
  expect(bulk.outbox).toHaveLength(2);
  expect((mail.mailers.get('kept').backend as MemoryBackend).outbox).toHaveLength(1);
  await expect(send('bulc')).rejects.toMatchObject({
    code: 'unknown-mailer',
    message: expect.stringContaining('"bulk"'),
  });
});

test('auth overrides the credentials of an alias for one call', async () => {
  const logins: string[] = [];
  const server = await startServer({
    server: { auth: ['PLAIN'], allowInsecureAuth: true },
    handler: {
      onAuth: ({ response }) => {
        logins.push(new TextDecoder().decode(response ?? undefined));
      },
    },
  });
  const mail = createMail({
    mailers: { default: { ...local(server), allowInsecureAuth: true, auth: { user: 'web', pass: 'one' } } },
    defaultFrom: 'web@example.org',
  });
  await mail.sendMail('Hi', 'text', null, ['bob@example.net'], { auth: { user: 'ann', pass: 'two' } });
  await mail.sendMail('Hi', 'text', null, ['bob@example.net']);
  expect(logins).toEqual(['\0ann\0two', '\0web\0one']);
  await mail.close();
  await server.close();
});

test.each([
  ['subject', ['Hi\r\nBcc: eve@example.com', 'text', null, ['bob@example.net']]],
  ['from', ['Hi', 'text', 'ann@example.org\nBcc: eve@example.com', ['bob@example.net']]],
  ['to', ['Hi', 'text', null, ['bob@example.net\r\nBcc: eve@example.com']]],
] as const)('a line break in %s is an injection, even when failing silently', async (_, call) => {
  const { mail, server } = await setUp();
  const [subject, text, from, to] = call;
  await expect(mail.sendMail(subject, text, from, to, { failSilently: true })).rejects.toBeInstanceOf(
    HeaderInjectionError,
  );
  expect(server.sessions).toBe(0);
});

test('a single address where a list is meant is a TypeError, even when failing silently', async () => {
  const { mail } = await setUp();
  const to = 'bob@example.net' as unknown as string[];
  await expect(mail.sendMail('Hi', 'text', null, to, { failSilently: true })).rejects.toBeInstanceOf(
    TypeError,
  );
  expect(() => new mail.EmailMessage({ cc: to })).toThrow(TypeError);
});

test('connection trouble fails silently, an unknown option does not', async () => {
  const { mail } = await setUp({ mailers: { default: await nobody() } });
  const send = (options: object): Promise<number> =>
    mail.sendMail('Hi', 'text', null, ['bob@example.net'], options);
  expect(await send({ failSilently: true })).toBe(0);
  await expect(send({})).rejects.toMatchObject({ code: 'not-sent' });
  await expect(send({ failSilently: true, htm: '<p>' })).rejects.toMatchObject({ code: 'unknown-option' });
});

test('EmailMessage: fields, attachments, headers, recipients and the composed message', async () => {
  const { mail, server } = await setUp();
  const email = new mail.EmailMessage({
    subject: 'Report',
    body: 'see below',
    to: ['bob@example.net'],
    cc: ['carla@example.net'],
    bcc: ['dora@example.net'],
    replyTo: ['desk@example.org'],
    headers: { 'X-Batch': '7', From: 'Display <display@example.org>' },
    attachments: [['data.csv', 'a,b\n1,2\n', 'text/csv']],
  });
  email.attach('raw.bin', new Uint8Array([0, 1, 2]));
  email.attach({ filename: 'logo.svg', content: '<svg/>', contentType: 'image/svg+xml' });
  expect(email.recipients()).toEqual(['bob@example.net', 'carla@example.net', 'dora@example.net']);
  const composed = new TextDecoder().decode(await (await email.message()).compose().bytes());
  expect(composed).toContain('X-Batch: 7');
  expect(await email.send()).toBe(1);
  const [taken] = server.messages;
  expect(taken).toMatchObject({
    from: 'web@example.org',
    to: ['bob@example.net', 'carla@example.net', 'dora@example.net'],
  });
  for (const part of [
    'Reply-To: desk@example.org',
    'From: Display <display@example.org>',
    'data.csv',
    'raw.bin',
    'logo.svg',
  ]) {
    expect(taken?.content).toContain(part);
  }
  expect(taken?.content).not.toContain('dora');
});

test('contentSubtype makes the body HTML; EmailMultiAlternatives carries further forms', async () => {
  const { mail, server } = await setUp();
  const html = new mail.EmailMessage({ subject: 'Hi', body: '<p>rich</p>', to: ['bob@example.net'] });
  html.contentSubtype = 'html';
  await html.send();
  expect(server.messages[0]?.content).toMatch(/Content-Type: text\/html/);
  const multi = new mail.EmailMultiAlternatives({ subject: 'Hi', body: 'plain', to: ['bob@example.net'] });
  multi.attachAlternative('<p>rich</p>', 'text/html');
  multi.attachAlternative('{"a":1}', 'application/json');
  await multi.send();
  expect(server.messages[1]?.content).toMatch(
    /multipart\/alternative[\s\S]*text\/plain[\s\S]*text\/html[\s\S]*application\/json/,
  );
  expect(() => multi.attachAlternative('x', '')).toThrow(TypeError);
});

test('the console backend prints the envelope and the message', async () => {
  const texts: string[] = [];
  const { mail } = await setUp({ mailers: { default: consoleBackend({ write: text => texts.push(text) }) } });
  await mail.sendMail('Hello', 'line one\nline two', null, ['bob@example.net']);
  expect(texts[0]).toMatch(
    /^MAIL FROM:<web@example.org>\nRCPT TO:<bob@example.net>\n[\s\S]*Subject: Hello\n[\s\S]*line one\nline two\n-{79}$/,
  );
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const named = createMail({ mailers: { default: { backend: 'console' } }, defaultFrom: 'web@example.org' });
  await named.sendMail('Hello', 'text', null, ['bob@example.net']);
  expect(log).toHaveBeenCalledOnce();
});

test('memory keeps what was sent, dummy keeps nothing', async () => {
  const memory = memoryBackend();
  const { mail } = await setUp({ mailers: { default: memory, dummy: { backend: 'dummy' } } });
  await mail.sendMail('Hello', 'text', null, ['bob@example.net']);
  expect(memory.outbox).toHaveLength(1);
  expect(memory.outbox[0]).toMatchObject({ envelope: { from: 'web@example.org', to: ['bob@example.net'] } });
  expect(new TextDecoder().decode(memory.outbox[0]?.content)).toContain('Subject: Hello');
  expect(await mail.sendMail('Hello', 'text', null, ['bob@example.net'], { using: 'dummy' })).toBe(1);
  expect(memory.outbox).toHaveLength(1);
});

test('settings with a typing error are refused', () => {
  expect(() => createMail({ mailers: {}, subjectPrefx: '' } as MailOptions)).toThrow(MailerError);
  expect(() => createMail({} as MailOptions)).toThrow(MailerError);
});
