import { describe, expect, test } from 'vitest';
import { compose } from './compose.ts';
import type { ComposedMessage } from './composed-message.ts';
import { MimeError } from './error.ts';
import type { Attachment, Content } from './message.ts';
import { decodeQuotedPrintable } from './quoted-printable-decoder.ts';

const base = { from: 'ann@example.org', to: 'bob@example.net', messageId: '<1@example.org>' };
const options = { now: new Date(0), random: (octets: number) => new Uint8Array(octets) };
const withFiles = (...attachments: Attachment[]) => compose({ ...base, attachments }, options);
const withContent = (content: Content, rest: Partial<Attachment> = {}) => withFiles({ content, ...rest });

function octets(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 7919) >> 3;
  return bytes;
}

/** A stream that gives its chunks one by one and tells how many were taken and whether it was let go. */
function source(chunks: readonly unknown[]) {
  const state = { taken: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[state.taken++];
        if (chunk === undefined) controller.close();
        else if (chunk instanceof Error) controller.error(chunk);
        else controller.enqueue(chunk as Uint8Array);
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { state, stream };
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const list: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) list.push(chunk.slice());
  return new Uint8Array(await new Blob(list).arrayBuffer());
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing failed',
    error => error,
  );
}

describe('one message in every form', () => {
  const data = octets(200_001);
  const forms: [string, () => Content][] = [
    ['octets', () => data],
    ['a buffer', () => data.buffer],
    ['a Blob', () => new Blob([data])],
    ['a stream', () => new Blob([data]).stream()],
    [
      'a stream of odd chunks',
      () =>
        source([data.subarray(0, 1), data.subarray(1, 1), data.subarray(1, 70_000), data.subarray(70_000)])
          .stream,
    ],
    [
      'an async iterable',
      async function* () {
        yield data.subarray(0, 5);
        yield data.subarray(5);
      },
    ],
  ];
  const open = (form: () => Content) => {
    const content = form();
    return withContent(typeof content === 'function' ? (content as () => Content)() : content);
  };

  test.each(forms)('%s gives the same octets as bytes, stream and iterable', async (_, form) => {
    const expected = await withContent(data).bytes();
    const composed = open(form);
    expect(await composed.bytes()).toEqual(expected);
    expect(await collect(open(form).stream() as unknown as AsyncIterable<Uint8Array>)).toEqual(expected);
    expect(await collect(open(form))).toEqual(expected);
    if (composed.size !== undefined) expect(composed.size).toBe(expected.length);
  });

  test('knows size and replayability of each', () => {
    const known = forms.map(([name, form]) => [name, open(form).size !== undefined, open(form).replayable]);
    expect(known).toEqual([
      ['octets', true, true],
      ['a buffer', true, true],
      ['a Blob', true, true],
      ['a stream', false, false],
      ['a stream of odd chunks', false, false],
      ['an async iterable', false, false],
    ]);
  });

  test('writes chunks of a bounded size', async () => {
    const composed = compose({
      ...base,
      text: 'é \n'.repeat(100_000),
      attachments: [{ content: data }, { content: new Blob([octets(300_000)]) }],
    });
    for await (const chunk of composed) expect(chunk.length).toBeLessThanOrEqual(100_000);
  });

  test.each(['auto', '7bit', '8bit', 'quoted-printable'] as const)(
    'streams long text as %s',
    async encoding => {
      const composed = compose(
        {
          ...base,
          text: {
            content: 'one two three \n'.repeat(encoding === 'auto' ? 1 : 20_000).replaceAll(' \n', '\n'),
            encoding,
          },
        },
        options,
      );
      expect(await collect(composed)).toEqual(await composed.bytes());
    },
  );
});

test('a header above the size of a chunk is written in parts', async () => {
  const to = Array.from({ length: 1000 }, (_, i) => ({
    name: 'x'.repeat(60),
    address: `user${i}@example.net`,
  }));
  const composed = compose({ ...base, to }, options);
  const sizes: number[] = [];
  for await (const chunk of composed) sizes.push(chunk.length);
  expect(sizes.length).toBeGreaterThan(1);
  expect(await collect(composed)).toEqual(await composed.bytes());
});

test('a stream in quoted-printable comes back as it was', async () => {
  const text = `${'Grüße, all of you. '.repeat(20_000)}\r\nend `;
  const { stream } = source(
    [...new TextEncoder().encode(text)].map(octet => Uint8Array.of(octet)).slice(0, 2000),
  );
  const composed = withContent(stream, { encoding: 'quoted-printable' });
  const [, , body = ''] = new TextDecoder().decode(await composed.bytes()).split('\r\n\r\n');
  expect(new TextDecoder().decode(decodeQuotedPrintable(body.slice(0, body.lastIndexOf('\r\n--'))))).toBe(
    new TextDecoder().decode(new TextEncoder().encode(text).slice(0, 2000)),
  );
});

describe('reading', () => {
  test('a message with a stream is read once', async () => {
    const composed = withContent(new Blob(['x']).stream());
    await composed.bytes();
    for (const read of [
      () => composed.bytes(),
      async () => composed.stream(),
      async () => composed.chunks(),
    ]) {
      expect(await failure(read())).toMatchObject({ code: 'already-read' });
    }
  });

  test('nothing is read before it is asked for, and no faster than it is asked for', async () => {
    const chunk = octets(57 * 1000);
    const { state, stream } = source(Array.from({ length: 1000 }, () => chunk));
    const reader = withContent(stream).stream().getReader();
    expect(state.taken).toBe(0);
    for (let i = 0; i < 10; i++) await reader.read();
    expect(state.taken).toBeLessThanOrEqual(11);
    await reader.cancel();
    expect(state.cancelled).toBe(true);
  });

  test('a reader who stops lets an async iterable go', async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield octets(1000);
      } finally {
        closed = true;
      }
    }
    let read = 0;
    for await (const chunk of withContent(endless())) if ((read += chunk.length) > 5000) break;
    await Promise.resolve();
    expect(closed).toBe(true);
  });

  test('lets go of an iterable that cannot be closed', async () => {
    const content = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false as const, value: octets(1000) }) }),
    };
    for await (const chunk of withContent(content)) if (chunk.length > 1000) break;
  });

  test('64 MiB pass in constant memory', async () => {
    const chunk = octets(1 << 20);
    const { stream } = source(Array.from({ length: 64 }, () => chunk));
    let read = 0;
    for await (const part of withContent(stream)) {
      expect(part.length).toBeLessThan(200_000);
      read += part.length;
    }
    expect(read).toBeGreaterThan(64 * 1.36 * (1 << 20));
  });
});

describe('sources that fail', () => {
  test.each<[string, () => Content, string]>([
    ['a stream that errs', () => source([octets(10), new Error('disk')]).stream, 'invalid-content'],
    [
      'an iterable that throws',
      async function* () {
        yield octets(1);
        throw new Error('disk');
      } as unknown as () => Content,
      'invalid-content',
    ],
    ['chunks of text', () => source(['text']).stream, 'invalid-content'],
  ])('%s: a typed error with its cause', async (_, make, code) => {
    const error = await failure(withContent(make()).bytes());
    expect(error).toBeInstanceOf(MimeError);
    expect(error).toMatchObject({ code, field: 'attachments[0]' });
  });

  test('the reason of the source survives as cause', async () => {
    const cause = new Error('disk');
    expect(await failure(withContent(source([cause]).stream).bytes())).toMatchObject({ cause });
  });

  test.each([-1, 1])('a file that changed its size by %i since', async difference => {
    const blob = new Blob([octets(100_000)]);
    Object.defineProperty(blob, 'size', { value: blob.size + difference * 60_000 });
    const error = await failure(withContent(blob).bytes());
    expect(error).toMatchObject({
      code: 'invalid-content',
      message: expect.stringContaining('size has changed'),
    });
  });
});

describe('signal', () => {
  test('aborts before, between and within reads, with its reason', async () => {
    const reason = new Error('enough');
    const aborted = AbortSignal.abort(reason);
    expect(await failure(withContent('x').bytes({ signal: aborted }))).toBe(reason);
    expect(await failure(collect(withContent('x').chunks({ signal: aborted })))).toBe(reason);

    const controller = new AbortController();
    const hanging = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
    const read = failure(withContent(hanging).bytes({ signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 10);
    expect(await read).toBe(reason);

    const between = new AbortController();
    const iterator = withContent(octets(500_000)).chunks({ signal: between.signal });
    await iterator.next();
    between.abort(reason);
    expect(await failure(iterator.next())).toBe(reason);
  });

  test('aborts a read that starts after the abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    async function* late() {
      controller.abort(reason);
      yield octets(1);
      yield octets(1);
    }
    expect(await failure(withContent(late()).bytes({ signal: controller.signal }))).toBe(reason);
  });

  test('does not disturb a reading that ends before it', async () => {
    const { signal } = new AbortController();
    const composed = withContent(new Blob(['x']));
    expect(await composed.bytes({ signal })).toEqual(await composed.bytes());
  });
});

describe('parts that pass unencoded', () => {
  const inner = (text: string): Attachment => ({
    contentType: 'message/rfc822',
    content: source([...new TextEncoder().encode(text)].map(octet => Uint8Array.of(octet))).stream,
  });
  const read = async (composed: ComposedMessage) => new TextDecoder('latin1').decode(await composed.bytes());

  test('get CR LF line ends, octet by octet', async () => {
    expect(await read(withFiles(inner('A: b\n\nc\rd\r\ne\n\n')))).toContain(
      'A: b\r\n\r\nc\r\nd\r\ne\r\n\r\n\r\n--',
    );
  });

  test.each<[string, string, string]>([
    ['a NUL', 'a\0', 'invalid-encoding'],
    ['a line of 999 octets', 'x'.repeat(999), 'invalid-encoding'],
    ['a boundary', `a\n--=_1.0_${'0'.repeat(32)}\n`, 'boundary-collision'],
  ])('are refused with %s', async (_, text, code) => {
    expect(await failure(withFiles(inner(text)).bytes())).toMatchObject({ code, field: 'attachments[0]' });
  });

  test('may have lines of 998 octets and anything like a boundary within a line', async () => {
    const text = `${'x'.repeat(998)}\r\n --=_1.0_${'0'.repeat(32)}\r\n`;
    expect(await read(withFiles(inner(text)))).toContain(text);
  });

  test('are held to 7bit where that is declared, and to nothing where binary is', async () => {
    const eightBit = () => source([Uint8Array.of(0xe9, 0, 10, 13, 13, 10)]).stream;
    expect(await failure(withFiles({ content: eightBit(), encoding: '7bit' }).bytes())).toMatchObject({
      code: 'invalid-encoding',
      position: 0,
    });
    const composed = withFiles({ content: eightBit(), encoding: 'binary' });
    expect(composed.envelope.body).toBe('binary');
    expect(await read(composed)).toContain('\r\n\r\n\xe9\0\n\r\r\n\r\n--');
  });

  test.each([
    ['a lone LF', 'a\nb', 1],
    ['a lone CR', 'a\rb', 2],
    ['a CR at the end', 'a\r', 2],
    ['CR CR LF', '\r\r\n', 1],
  ])('of a file are refused with %s, which a string is as well', async (_, text, position) => {
    const error = { code: 'invalid-encoding', field: 'attachments[0]' };
    for (const encoding of ['7bit', '8bit'] as const) {
      const composed = withFiles({ content: new Blob([text]), encoding });
      expect(await failure(composed.bytes())).toMatchObject({ ...error, position });
      expect(() => withFiles({ content: text, encoding })).toThrow(expect.objectContaining(error));
      expect(await read(withFiles({ content: new Blob(['a\r\nb\r\n']), encoding }))).toContain('a\r\nb\r\n');
    }
  });

  test.each([
    ['base64', 'YQ0KYg0KYw0K'],
    ['quoted-printable', 'a\r\nb\r\nc\r\n'],
    ['8bit', 'a\r\nb\r\nc\r\n'],
    ['binary', 'a\r\nb\r\nc\r\n'],
  ] as const)('of text get CR LF in %s, wherever the stream is cut', async (encoding, written) => {
    for (let cut = 0; cut <= 6; cut++) {
      const chunks = ['a\nb\rc\r\n'.slice(0, cut), 'a\nb\rc\r\n'.slice(cut)];
      const { stream } = source(chunks.map(chunk => new TextEncoder().encode(chunk)));
      const alternatives = [{ contentType: 'text/html', content: stream, encoding }];
      const composed = compose({ ...base, alternatives }, options);
      expect((await read(composed)).split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(written);
    }
  });

  test('are refused at once where they are at hand', () => {
    const content = `Subject: x\r\n\r\n--=_1.0_${'0'.repeat(32)}\r\n`;
    expect(() => withFiles({ contentType: 'message/rfc822', content })).toThrow(
      expect.objectContaining({ code: 'boundary-collision' }),
    );
  });

  test('nest composed messages with boundaries of their own, even from the same randomness', async () => {
    const nested = compose(
      { ...base, text: 't', html: 'h', attachments: [{ content: new Blob(['x']) }] },
      options,
    );
    const composed = withFiles({ content: nested }, { content: nested });
    expect(composed.size).toBe((await composed.bytes()).length);
    const text = await read(composed);
    const boundaries = [...text.matchAll(/boundary="([^"]+)"/g)].map(([, name]) => name as string);
    expect(boundaries).toHaveLength(5);
    expect(text).toContain(
      'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\nContent-Disposition: attachment\r\n\r\nFrom: ann@example.org\r\n',
    );
  });
});

test('content that is given again gathers no listeners', () => {
  const heard: unknown[] = [];
  const content = Object.assign(new Blob(['x']).stream(), {
    on: (_: string, listener: unknown) => heard.push(listener),
    listeners: () => heard,
  });
  for (let i = 0; i < 20; i++) withContent(content);
  expect(heard).toHaveLength(1);
});

test.each([{}, () => undefined])('content whose listeners are no list is taken as it is', listeners => {
  const on = () => {};
  expect(() => withContent(Object.assign(new Blob(['x']).stream(), { on, listeners }))).not.toThrow();
});
