import { expect, test } from 'vitest';
import { type ComposeOptions, compose } from './compose.ts';
import { formatDate } from './date-time.ts';
import { MimeError } from './error.ts';
import type { Message } from './message.ts';

const base = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };
const part = { type: 'text/plain', parameters: [], content: 'x', fields: () => '' };
const fails = () => {
  throw new RangeError('mine');
};
/** Whatever is done with it fails. */
const hostile = () =>
  new Proxy(
    {},
    { get: fails, has: fails, getPrototypeOf: fails, ownKeys: fails, getOwnPropertyDescriptor: fails },
  );

const values: readonly (() => unknown)[] = [
  ...[undefined, null, '', 'x', Number.NaN, 0, -1, 1.5, true, 1n, Symbol('s')].map(value => () => value),
  () => ({}),
  () => Object.create(null),
  () => [],
  () => [undefined],
  () => [Symbol('s')],
  () => [[{}]],
  () => new Array(2),
  () => ({ length: 3 }),
  () => new Date(Number.NaN),
  () => new Map([['a', 1]]),
  () => new Uint8Array(2),
  () => fails,
  () => ({ toString: fails, [Symbol.iterator]: fails }),
  hostile,
  () => [hostile()],
];

/** A message and options with a value in each place where one can stand. */
const places: readonly [name: string, place: (value: unknown) => [message: unknown, options?: unknown]][] = [
  ['message', value => [value]],
  ['options', value => [base, value]],
  ...['now', 'random', 'timeZone', 'limits', 'mapDomain'].map(
    name =>
      [
        `options.${name}`,
        (value: unknown) => [{ ...base, html: 'x', cc: 'a@bücher.example' }, { [name]: value }],
      ] as (typeof places)[number],
  ),
  ...['recipients', 'addressOctets', 'nesting'].map(
    name =>
      [
        `limits.${name}`,
        (value: unknown) => [base, { limits: { [name]: value } }],
      ] as (typeof places)[number],
  ),
  ['what random gives', value => [{ ...base, html: 'x' }, { random: () => value }]],
  ['what mapDomain gives', value => [{ ...base, to: 'a@bücher.example' }, { mapDomain: () => value }]],
  ['date in the local zone', value => [{ ...base, date: value }, { timeZone: 'local' }]],
  ...Object.entries({
    ...Object.fromEntries(
      'from sender to cc bcc replyTo subject date messageId inReplyTo references text html amp calendar alternatives attachments body headers list priority autoSubmitted readReceiptTo deliveryReceiptTo smtputf8'
        .split(' ')
        .map(name => [name, (value: unknown) => ({ [name]: value })]),
    ),
    'to[0].name': (name: unknown) => ({ to: [{ name, address: 'a@example.org' }] }),
    'to.address': (address: unknown) => ({ to: { address } }),
    'to.group': (group: unknown) => ({ to: { group, members: [] } }),
    'to.members': (members: unknown) => ({ to: { group: 'G', members } }),
    'references[0]': (id: unknown) => ({ references: [id] }),
    'text.content': (content: unknown) => ({ text: { content } }),
    'text.charset': (charset: unknown) => ({ text: { content: new Uint8Array(1), charset } }),
    'text.encoding': (encoding: unknown) => ({ text: { content: 'x', encoding } }),
    'calendar.method': (method: unknown) => ({ calendar: { method, content: 'x' } }),
    'calendar.filename': (filename: unknown) => ({ calendar: { method: 'REQUEST', content: 'x', filename } }),
    'alternatives[0]': (alternative: unknown) => ({ alternatives: [alternative] }),
    'alternatives[0].headers': (headers: unknown) => ({
      alternatives: [{ contentType: 'text/x-web', content: 'x', headers }],
    }),
    'attachments[0]': (attachment: unknown) => ({ attachments: [attachment] }),
    ...Object.fromEntries(
      [
        'filename',
        'contentType',
        'content',
        'contentId',
        'disposition',
        'description',
        'encoding',
        'headers',
      ].map(name => [
        `attachments[0].${name}`,
        (value: unknown) => ({ html: 'x', attachments: [{ content: 'x', contentId: 'x', [name]: value }] }),
      ]),
    ),
    ...Object.fromEntries(
      Object.keys({ ...part, parts: [] }).map(name => [
        `body.${name}`,
        (value: unknown) => ({ text: undefined, body: { ...part, [name]: value } }),
      ]),
    ),
    'headers[0]': (pair: unknown) => ({ headers: [pair] }),
    'headers[0][0]': (name: unknown) => ({ headers: [[name, 'x']] }),
    'headers[0][1]': (value: unknown) => ({ headers: [['Date', value]] }),
    'headers.To': (value: unknown) => ({ headers: { To: value } }),
    'list.id': (id: unknown) => ({ list: { id } }),
    'list.id.id': (id: unknown) => ({ list: { id: { name: 'News', id } } }),
    'list.help': (help: unknown) => ({ list: { help } }),
  }).map(
    ([name, fields]) =>
      [name, (value: unknown) => [{ ...base, ...fields(value) }]] as (typeof places)[number],
  ),
];

function refusal(message: unknown, options?: unknown): unknown {
  try {
    compose(message as Message, options as ComposeOptions);
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each(places)('%s of any type is taken, or refused with code and field', (name, place) => {
  for (const [at, value] of values.entries()) {
    const refused = refusal(...place(value()));
    if (refused === undefined) continue;
    expect(refused, `${name}, value ${at}`).toBeInstanceOf(MimeError);
    const { code, field, message } = refused as MimeError;
    expect(code).toMatch(/^[a-z-]+$/);
    expect(field).toMatch(/./);
    expect(message).toMatch(/^[A-Z].*[^.]$/s);
  }
});

test.each<[string, unknown, unknown, string, string]>([
  [
    'a text as date, in the local zone',
    { ...base, date: 'x' },
    { timeZone: 'local' },
    'invalid-date',
    'date',
  ],
  ['a symbol as zone', base, { timeZone: Symbol('s') }, 'invalid-option', 'timeZone'],
  ['null as options', base, null, 'invalid-type', 'options'],
  ['a text that is null', { ...base, text: null }, {}, 'invalid-type', 'text'],
  ['HTML that is null', { ...base, html: null }, {}, 'invalid-type', 'html'],
  [
    'one attachment without its list',
    { ...base, attachments: { content: '' } },
    {},
    'invalid-type',
    'attachments',
  ],
  ['alternatives as text', { ...base, alternatives: 'x' }, {}, 'invalid-type', 'alternatives'],
  ['a number as headers', { ...base, headers: 5 }, {}, 'invalid-type', 'headers'],
  ['a number as references', { ...base, references: 5 }, {}, 'invalid-type', 'references'],
  ['a list id without an id', { ...base, list: { id: { name: 'News' } } }, {}, 'invalid-type', 'list.id.id'],
  ['a header without a name', { ...base, headers: { '': 'x' } }, {}, 'invalid-header-name', 'header name'],
  ['randomness that is none', base, { random: 'x' }, 'invalid-type', 'random'],
  [
    'a mapping to nothing',
    { ...base, to: 'a@bücher.example' },
    { mapDomain: () => undefined },
    'invalid-domain',
    'to.address',
  ],
  ['a limit that bounds nothing', base, { limits: { recipients: Number.NaN } }, 'too-many-recipients', 'to'],
])('names the field: %s', (_, message, options, code, field) => {
  expect(refusal(message, options)).toMatchObject({ name: 'MimeError', code, field });
});

test('what a value throws by itself is the cause', () => {
  for (const [fields, field] of [
    [{ to: hostile() }, 'to'],
    [{ attachments: [hostile()] }, 'attachments'],
    [{ list: hostile() }, 'list'],
    [Object.defineProperty({}, 'subject', { get: fails, enumerable: true }), 'message'],
  ] as const) {
    const message = Object.defineProperties({ ...base }, Object.getOwnPropertyDescriptors(fields));
    expect(refusal(message)).toMatchObject({ code: 'invalid-type', field, cause: { message: 'mine' } });
  }
});

test('formatDate refuses anything but a Date in every zone alike', () => {
  for (const timeZone of ['local', '+02:00', undefined])
    expect(() => formatDate('x' as unknown as Date, { timeZone })).toThrow(
      expect.objectContaining({ code: 'invalid-date' }),
    );
});
