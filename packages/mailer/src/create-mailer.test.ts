import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import {
  createMail,
  createMailer,
  fromEnv,
  type Mailer,
  MailerError,
  type MailerOptions,
  type MailerTarget,
  type MessageInput,
  type Outgoing,
  type Receipt,
  type ReceiptState,
  type SendOptions,
  type ServerOptions,
} from './index.ts';

function refusal(make: () => unknown): MailerError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(MailerError);
    return error as MailerError;
  }
  return expect.fail('nothing was refused');
}

describe('options', () => {
  test.each<[string, unknown, string]>([
    ['hostnme', { hostnme: 'smtp.example.org' }, 'did you mean hostname?'],
    ['secure', { hostname: 'smtp.example.org', secure: true }, 'did you mean tls?'],
    ['host', { host: 'smtp.example.org' }, 'did you mean hostname?'],
    ['conections', { hostname: 'smtp.example.org', conections: 3 }, 'did you mean connections?'],
    ['__proto__', JSON.parse('{"hostname":"x.example","__proto__":1}'), ''],
  ])('the unknown name %s is refused with the known ones', (name, options, advice) => {
    const error = refusal(() => createMailer(options as MailerOptions));
    expect(error.code).toBe('unknown-option');
    expect(error.message).toContain('hostname, port, tls');
    expect(error.message).toContain(JSON.stringify(name));
    expect(error.message).toContain(advice);
  });

  test.each<[string, unknown]>([
    ['no server', {}],
    ['an empty host', { hostname: '' }],
    ['a port out of range', { hostname: 'x.example', port: 70_000 }],
    ['a port as text', { hostname: 'x.example', port: '587' }],
    ['an unknown TLS mode', { hostname: 'x.example', tls: 'ssl' }],
    ['a boolean TLS mode', { hostname: 'x.example', tls: true }],
    ['no connections', { hostname: 'x.example', connections: 0 }],
    ['half a rate', { hostname: 'x.example', rate: { messages: 5 } }],
    ['retry as a number', { hostname: 'x.example', retry: 3 }],
    ['an unknown backend', { backend: 'sendmail' }],
    ['a file backend without a folder', { backend: 'file' }],
    ['a relay beside a host', { relay: { url: 'wss://x.example/relay', token: 't' }, hostname: 'x.example' }],
    ['a relay that is no WebSocket', { relay: { url: 'https://x.example/relay', token: 't' } }],
    ['a relay without a token', { relay: { url: 'wss://x.example/relay', token: '' } }],
    ['a number', 25],
    ['nothing', null],
  ])('%s is refused', (_, options) => {
    expect(refusal(() => createMailer(options as MailerOptions)).code).toBe('invalid-option');
  });

  test('a relay beside a host or a port does not compile', () => {
    const relay = { url: 'wss://x.example/relay', token: 't' };
    // @ts-expect-error -- a server beside a relay, which knows its own
    expect(refusal(() => createMailer({ relay, hostname: 'x.example' })).code).toBe('invalid-option');
    // @ts-expect-error -- a server beside a relay, which knows its own
    expect(refusal(() => createMailer({ relay, port: 587 })).code).toBe('invalid-option');
    expect(createMailer({ relay, connections: 2 }, { retry: false }).backend).toBeDefined();
  });

  test('a port as text is called a string', () => {
    const options = { hostname: 'x.example', port: '12525' } as unknown as MailerOptions;
    expect(refusal(() => createMailer(options)).message).toBe(
      'Set port to a whole number from 1 to 65535, not the string "12525"',
    );
  });

  test.each([
    ['smtp://ann:se#cret@x.example', /^Percent-encode .* in the user name and password/],
    ['smtp://ann:se/cret@x.example', /^Percent-encode .* in the user name and password/],
    ['smtp://x.example:99999', /^Set the port of the server address to a whole number from 1 to 65535/],
    ['smtp://[::1]:x', /^Set the port of the server address/],
    ['x.example', /^Write the server address like/],
    ['smtp://[::1', /^Write the server address like/],
  ])('%s is refused with what to correct, and not repeated', (address, wording) => {
    const error = refusal(() => createMailer(address));
    expect(error).toMatchObject({ code: 'invalid-url', message: expect.stringMatching(wording) });
    expect(error.message).not.toMatch(/ann|cret/);
  });

  test('ask without a receipt is refused', async () => {
    await using mailer = createMailer({ backend: 'dummy' });
    for (const wrong of [undefined, null, 'id', {}]) {
      await expect(mailer.ask(wrong as never)).rejects.toMatchObject({
        name: 'MailerError',
        code: 'invalid-option',
        message: expect.stringMatching(/^Pass ask the receipt of a message/),
      });
    }
  });

  test('a backend takes no options of a server', () => {
    const error = refusal(() =>
      createMailer({ backend: 'dummy' }, { auth: { user: 'ann', pass: 'secret' } }),
    );
    expect(error).toMatchObject({ code: 'unknown-option', message: expect.stringContaining('"auth"') });
  });

  test('send refuses an unknown option before anything else', async () => {
    await using mailer = createMailer({ backend: 'memory' });
    const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hi' };
    await expect(mailer.send(message, { onProgres: () => {} } as SendOptions)).rejects.toMatchObject({
      code: 'unknown-option',
      advice: 'did you mean onProgress?',
    });
  });

  test.each([[undefined], ['Hello'], [null], [42]])('send refuses %j as a message', async message => {
    await using mailer = createMailer({ backend: 'dummy' });
    await expect(mailer.send(message as never)).rejects.toMatchObject({ code: 'invalid-message' });
  });
});

describe('server addresses', () => {
  test.each([
    ['http://smtp.example.org', 'Begin the server address with smtps: or smtp:'],
    ['smtp.example.org', 'this is no URL'],
    ['smtps://', 'Name the host'],
    ['smtps://user:hunter2@', ''],
    ['smtps://user:hunter2/x@smtp.example.org', ''],
    ['smtps://user:hunter2%@smtp.example.org', 'Percent-encode'],
    ['smtps://smtp.example.org/inbox', 'Leave out what follows'],
    ['smtps://smtp.example.org?pool=true', 'Use only tls'],
    ['smtps://ann:2024?hunter2@smtp.example.org', 'percent-encode /, ? and #'],
    ['smtps://smtp.example.org?hunter2', 'percent-encode ? in a password'],
    ['smtps://smtp.example.org?tls=hunter2', 'Use only tls (implicit, '],
    ['hunter2:x', 'Begin the server address with smtps: or smtp:'],
  ])('%s is refused without repeating the password', (url, text) => {
    const error = refusal(() => createMailer(url));
    expect(error.code).toBe('invalid-url');
    expect(error.message).toContain(text);
    expect(error.message).not.toContain('hunter2');
  });
});

test('a URL object is a server address', () => {
  expect(createMailer(new URL('smtp://ann:secret@smtp.example.org')).backend).toBeDefined();
  const wrong = refusal(() => createMailer(new URL('https://ann:secret@smtp.example.org')));
  expect(wrong).toMatchObject({ code: 'invalid-url', message: expect.not.stringContaining('secret') });
});

describe('a value that may hold a password is refused without being repeated', () => {
  const hostname = 'smtp.example.org';
  test.each<[string, unknown, string]>([
    ['a URL', { hostname: 'smtps://ann:hunter2@smtp.example.org' }, 'first argument of createMailer'],
    ['user information', { hostname: 'ann:hunter2@smtp.example.org' }, 'first argument of createMailer'],
    ['a path', { hostname: 'smtp.example.org/hunter2' }, 'first argument of createMailer'],
    ['a port', { hostname: 'smtp.example.org:587' }, 'the port has an option of its own'],
    ['a blank', { hostname: 'smtp hunter2' }, 'Set hostname to the name or address of the mail server alone'],
    ['credentials as text', { hostname, auth: 'ann:hunter2' }, 'Set auth to an object'],
    ['a mechanism', { hostname, auth: { user: 'a', pass: 'b', mechanisms: ['hunter2'] } }, 'auth.mechanisms'],
    ['one mechanism', { hostname, auth: { user: 'a', pass: 'b', mechanisms: 'PLAIN' } }, 'auth.mechanisms'],
    ['a relay', { relay: { url: 'https://x.example/relay?hunter2', token: 't' } }, 'Set relay.url to a wss:'],
  ])('%s', (_, options, wording) => {
    const error = refusal(() => createMailer(options as MailerOptions));
    expect(error).toMatchObject({ code: 'invalid-option', message: expect.stringContaining(wording) });
    expect(`${error.message} ${error.stack}`).not.toMatch(/hunter2/);
  });

  test.each<[string, () => unknown]>([
    ['options', () => createMailer('smtp://x.example', 'ann:hunter2' as never)],
    ['a key', () => createMailer({ hostname, dkim: 'hunter2' as never })],
    ['settings', () => createMail('smtps://ann:hunter2@x.example' as never)],
    ['mailers', () => createMail({ mailers: 'smtps://ann:hunter2@x.example' as never })],
    ['an alias', () => createMail({ mailers: {} }).mailers.get('smtps://ann:hunter2@x.example')],
    ['EMAIL_BACKEND', () => fromEnv({ EMAIL_BACKEND: 'smtps://ann:hunter2@x.example' })],
  ])('%s as text', (_, make) => {
    expect(refusal(make).message).not.toContain('hunter2');
  });

  test('EMAIL_HOST', () => {
    const error = refusal(() => fromEnv({ EMAIL_HOST: 'smtps://ann:hunter2@smtp.example.org' }));
    expect(error.message).toContain('EMAIL_HOST');
    expect(error.message).toContain('SMTP_URL');
    expect(error.message).not.toContain('hunter2');
  });

  test.each(['smtp.example.org', 'bücher.example', '192.0.2.1', '::1', '[2001:db8::1]', 'a_b.example'])(
    '%s is a host name',
    hostname => {
      expect(createMailer({ hostname }).backend).toBeDefined();
    },
  );
});

describe('nested options', () => {
  const hostname = 'smtp.example.org';
  test.each<[unknown, string, string]>([
    [{ timeouts: { greting: 300 } }, 'unknown-option', 'did you mean greeting?'],
    [{ timeouts: 300 }, 'invalid-option', 'Pass timeouts an object'],
    [{ timeouts: { greeting: '300' } }, 'invalid-option', 'timeouts.greeting'],
    [{ timeouts: { greeting: -5 } }, 'invalid-option', 'timeouts.greeting'],
    [{ timeouts: { greeting: 0 } }, 'invalid-option', 'timeouts.greeting'],
    [{ timeouts: { greeting: Number.NaN } }, 'invalid-option', 'timeouts.greeting'],
    [{ tlsOptions: { rejectUnauthorized: false } }, 'unknown-option', 'dangerouslyAllowInvalidCertificates'],
    [{ tlsOptions: { CA: 'x' } }, 'unknown-option', 'did you mean ca?'],
    [{ compose: { timezone: 'local' } }, 'unknown-option', 'did you mean timeZone?'],
    [{ compose: { limits: { recipient: 1 } } }, 'unknown-option', 'did you mean recipients?'],
    [{ connect: 5 }, 'invalid-option', 'Set connect to a function'],
    [{ onTranscript: 5 }, 'invalid-option', 'Set onTranscript to a function'],
    [{ clientName: 'foo\r\nX' }, 'invalid-option', 'Set clientName to a domain name'],
  ])('%j are refused', (options, code, wording) => {
    const error = refusal(() => createMailer({ hostname, ...(options as ServerOptions) }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(wording) });
  });

  test.each<[string, object]>([
    ['a mailer for a backend', { compose: { timezone: 'local' } }],
    ['tls beside a relay', { relay: { url: 'wss://x.example/relay', token: 't' }, tls: 'implicit' }],
    [
      'a relay by a URL that is no WebSocket',
      { relay: { url: new URL('https://x.example/relay'), token: 't' } },
    ],
    ['a relay that takes the token unencrypted', { relay: { url: 'ws://x.example/relay', token: 't' } }],
  ])('%s', (_, options) => {
    const target: MailerTarget = 'compose' in options ? { backend: 'dummy' } : {};
    expect(refusal(() => createMailer(target, options)).code).toMatch(/^(?:unknown|invalid)-option$/);
  });

  test('a relay on this machine, or one that is asked for, may go without TLS', () => {
    for (const host of ['localhost:8787', '127.0.0.1', '[::1]', 'app.localhost']) {
      expect(createMailer({ relay: { url: `ws://${host}/relay`, token: 't' } }).backend).toBeDefined();
    }
    const relay = { url: 'ws://x.example/relay', token: 't' };
    expect(createMailer({ relay, allowInsecureAuth: true }).backend).toBeDefined();
  });
});

test.each([1500.5, 3e9, Infinity])('%d milliseconds are a deadline', async ms => {
  const server = await startServer();
  onTestFinished(() => server.close());
  await using mailer = createMailer(local(server), { timeouts: { connect: ms, greeting: ms, final: ms } });
  const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };
  expect((await mailer.send(message)).state).toBe('accepted');
});

test('undefined is as good as absent, and hides nothing', () => {
  const port: number | undefined = undefined;
  const mailer = createMailer('smtp://smtp.example.org', { hostname: undefined, port, auth: undefined });
  expect(mailer.backend).toBeDefined();
  const signal: AbortSignal | undefined = undefined;
  const options: SendOptions = { signal, dsn: undefined, envelope: undefined };
  expectTypeOf(options).toExtend<Parameters<Mailer['send']>[1]>();
});

test('wrong names and values do not compile', () => {
  expectTypeOf(createMailer).returns.toEqualTypeOf<Mailer>();
  expectTypeOf<Parameters<Mailer['send']>[0]>().toExtend<MessageInput>();
  expectTypeOf<Parameters<Mailer['send']>[1]>().toEqualTypeOf<SendOptions | undefined>();
  expectTypeOf<Mailer['send']>().returns.resolves.toEqualTypeOf<Receipt>();
  expectTypeOf<Receipt['state']>().toEqualTypeOf<ReceiptState>();
  expectTypeOf<NonNullable<MailerOptions['tls']>>().toEqualTypeOf<
    'implicit' | 'starttls' | 'opportunistic' | 'none'
  >();
  const compiles = (mailer: Mailer): void => {
    // @ts-expect-error -- an option with a typing error
    createMailer({ hostnme: 'smtp.example.org' });
    // @ts-expect-error -- TLS is a mode, not a boolean
    createMailer({ hostname: 'smtp.example.org', tls: true });
    // @ts-expect-error -- an unknown backend
    createMailer({ backend: 'sendmail' });
    // @ts-expect-error -- a message field with a typing error
    void mailer.send({ from: 'ann@example.org', to: 'bob@example.net', subjet: 'Hi' });
    // @ts-expect-error -- a send option with a typing error
    void mailer.send({ from: 'ann@example.org' }, { onProgres: () => {} });
    // @ts-expect-error -- recipients are a list
    void createMail({ mailers: {} }).sendMail('Hi', 'text', null, 'bob@example.net');
  };
  expect(compiles).toBeTypeOf('function');
});

test('the octets of a message are a body for fetch', () => {
  expectTypeOf<Uint8Array<ArrayBuffer>>().toExtend<BodyInit>();
  expectTypeOf<Outgoing['bytes']>().returns.resolves.toExtend<BodyInit>();
});
