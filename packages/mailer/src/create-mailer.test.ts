import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  createMail,
  createMailer,
  type Mailer,
  MailerError,
  type MailerOptions,
  type MessageInput,
  type Receipt,
  type ReceiptState,
  type SendOptions,
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
  ])('%s is refused without repeating the password', (url, text) => {
    const error = refusal(() => createMailer(url));
    expect(error.code).toBe('invalid-url');
    expect(error.message).toContain(text);
    expect(error.message).not.toContain('hunter2');
  });
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
