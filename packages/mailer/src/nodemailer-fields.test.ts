import { expect, onTestFinished, test } from 'vitest';
import { local, type RecordingServer, startServer } from '../test/recording-server.ts';
import { createMailer, type Mailer, MailerError } from './index.ts';
import { fromNodemailerMessage, type NodemailerOptions, toNodemailerTransport } from './nodemailer.ts';

async function setUp(): Promise<{ server: RecordingServer; mailer: Mailer }> {
  const server = await startServer();
  const mailer = createMailer(local(server));
  onTestFinished(async () => {
    await mailer.close();
    await server.close();
  });
  return { server, mailer };
}

class Report {
  readonly #rows = 'day,mails';
  get filename() {
    return 'report.csv';
  }
  get content() {
    return this.#rows;
  }
}

class Letter {
  readonly #to = 'bob@example.net';
  get from() {
    return 'ann@example.org';
  }
  get to() {
    return this.#to;
  }
  get text() {
    return 'Hello';
  }
  get attachments() {
    return [new Report()];
  }
}

test('fields that a class computes are read', () => {
  expect(fromNodemailerMessage(new Letter())).toMatchObject({
    from: [{ address: 'ann@example.org' }],
    to: [{ address: 'bob@example.net' }],
    text: 'Hello',
    attachments: [{ filename: 'report.csv', content: 'day,mails' }],
  });
});

test('fields that are inherited are read', () => {
  const defaults = { from: 'ann@example.org', attachments: [Object.create({ content: 'a', cid: 'b' })] };
  expect(fromNodemailerMessage(Object.create(defaults, { text: { value: 'Hello' } }))).toMatchObject({
    from: [{ address: 'ann@example.org' }],
    text: 'Hello',
    attachments: [{ content: 'a', contentId: 'b' }],
  });
});

test('sendMail reads the message and the envelope that a class computes', async () => {
  class Bounced extends Letter {
    get envelope() {
      return new (class {
        get from() {
          return 'bounce@example.org';
        }
        get to() {
          return ['carla@example.net'];
        }
      })();
    }
  }
  const { server, mailer } = await setUp();
  await toNodemailerTransport(mailer).sendMail(new Bounced());
  const { envelope } = new Bounced();
  await mailer.send(fromNodemailerMessage(new Letter()), { envelope });
  const taken = { from: 'bounce@example.org', to: ['carla@example.net'] };
  expect(server.messages).toMatchObject([taken, taken]);
  for (const { content } of server.messages) expect(content).toMatch(/report\.csv[\s\S]*day,mails/);
});

test.each<[string, object, RegExp]>([
  [
    'a path',
    { attachments: [Object.create({ path: '/srv/a' })] },
    /^Read the file or fetch the URL yourself/,
  ],
  ['a field for elsewhere', Object.create({ list: {} }), /^Write list as our own message has it/],
  ['an unknown field of its own', Object.assign(new Letter(), { sbject: 'Hi' }), /did you mean subject\?$/],
  ['an attachment in an array', { attachments: [[]] }, /^Pass an attachment an object with options/],
])('%s is refused', (_, options, wording) => {
  expect(() => fromNodemailerMessage(options)).toThrow(MailerError);
  expect(() => fromNodemailerMessage(options)).toThrow(wording);
});

test.each<[string, NodemailerOptions['headers'], readonly unknown[]]>([
  ['Headers', new Headers({ 'x-n': 'a' }), [['x-n', 'a']]],
  ['a Map', new Map<string, unknown>([['X-N', 5]]), [['X-N', '5']]],
  [
    'pairs',
    [
      ['X-N', 'a'],
      ['X-N', 'b'],
    ],
    [
      ['X-N', 'a'],
      ['X-N', 'b'],
    ],
  ],
  ['a set of fields', new Set([{ key: 'X-N', value: 'a' }]), [['X-N', 'a']]],
  ['inherited names', Object.create({ 'X-N': 'a' }), [['X-N', 'a']]],
  ['nothing', {}, []],
])('headers are taken as %s', (_, headers, pairs) => {
  const attachments = [{ content: 'a', headers: headers! }];
  expect(fromNodemailerMessage({ headers, attachments })).toMatchObject({
    headers: pairs,
    attachments: [{ headers: pairs }],
  });
});

test.each<[string, unknown]>([
  ['text', 'X-N: a'],
  ['a number', 5],
  ['a Date', new Date(0)],
  ['octets', new Uint8Array(1)],
  ['a list with nothing in it', [null]],
  ['a field without a name', [{ value: 'a' }]],
])('headers as %s are refused', (_, headers) => {
  const translate = () => fromNodemailerMessage({ headers } as NodemailerOptions);
  expect(translate).toThrow(MailerError);
  expect(translate).toThrow(/^Give headers as \{ name: value \}, as \{ key, value \} or as pairs, not "/);
});

const letter = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };
const envelope = { from: 'ann@example.org', to: 'bob@example.net' };

test('the size in an envelope is named to the server', async () => {
  const server = await startServer({ server: { maxMessageOctets: 10_000 } });
  onTestFinished(() => server.close());
  await using mailer = createMailer(local(server));
  const transporter = toNodemailerTransport(mailer);
  await transporter.sendMail({ ...letter, envelope: { ...envelope, size: 4321 } });
  expect(server.messages.map(({ parameters }) => parameters.get('SIZE'))).toEqual(['4321']);
  const wrong = transporter.sendMail({ ...letter, envelope: { ...envelope, size: -1 } });
  await expect(wrong).rejects.toMatchObject({ code: 'invalid-option' });
});

test.each([
  ['use8BitMime', true, /^Leave use8BitMime out/],
  ['dsn', {}, /^Pass dsn: /],
  ['requireTLSExtensionEnabled', true, /^Pass requireTls: true to send/],
])('%s in an envelope is refused with what to do instead', async (name, value, wording) => {
  const { server, mailer } = await setUp();
  const options = { ...letter, envelope: { ...envelope, [name]: value } };
  await expect(toNodemailerTransport(mailer).sendMail(options)).rejects.toMatchObject({
    code: 'unknown-option',
    message: expect.stringMatching(wording),
  });
  expect(server.messages).toEqual([]);
});
