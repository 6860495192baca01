import { expect, onTestFinished, test } from 'vitest';
import {
  local,
  type RecordingServer,
  type RecordingServerOptions,
  startServer,
} from '../test/recording-server.ts';
import { createMailer, type Mailer, type Message, type Receipt, type ServerOptions } from './index.ts';

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

const messages = (count: number): Message[] =>
  Array.from({ length: count }, (_, number) => ({
    from: 'ann@example.org',
    to: `n${number}@example.net`,
    subject: `number ${number}`,
    text: 'Hello',
  }));

async function all(receipts: AsyncIterable<Receipt>): Promise<Receipt[]> {
  const gathered: Receipt[] = [];
  for await (const receipt of receipts) gathered.push(receipt);
  return gathered;
}

test('sends many over one connection, and yields receipts in the order given', async () => {
  const { server, mailer } = await setUp();
  const receipts = await all(mailer.sendMany(messages(50)));
  expect(receipts.map(receipt => receipt.envelope.to[0])).toEqual(messages(50).map(({ to }) => to));
  expect(receipts.every(({ state }) => state === 'accepted')).toBe(true);
  expect(server.messages).toHaveLength(50);
  expect(server.sessions).toBe(1);
});

test('all or nothing uses one connection too', async () => {
  const { server, mailer } = await setUp();
  const slow = async function* (): AsyncGenerator<Message> {
    for (const message of messages(3)) {
      await new Promise(resolve => setTimeout(resolve, 20));
      yield message;
    }
  };
  expect(await all(mailer.sendMany(slow(), { allOrNothing: true }))).toHaveLength(3);
  expect(server.sessions).toBe(1);
});

test('uses as many connections as allowed, and replaces worn ones', async () => {
  const { server, mailer } = await setUp({}, { connections: 4, messagesPerConnection: 5 });
  const receipts = await all(mailer.sendMany(messages(40)));
  expect(receipts.map(receipt => receipt.envelope.to[0])).toEqual(messages(40).map(({ to }) => to));
  expect(server.messages).toHaveLength(40);
  expect(server.sessions).toBeGreaterThanOrEqual(8);
});

test('never throws for a message: what cannot be composed or is refused has a receipt', async () => {
  const { server, mailer } = await setUp({
    handler: { onRcpt: ({ to }) => (to.startsWith('n1@') ? { code: 550, text: 'No' } : undefined) },
  });
  const [first, second, third] = messages(3);
  const receipts = await all(mailer.sendMany([first!, second!, { ...third!, to: 'not an address' }, first!]));
  expect(receipts.map(({ state }) => state)).toEqual(['accepted', 'rejected', 'not-sent', 'accepted']);
  expect(receipts[2]).toMatchObject({ recipients: [], error: { code: 'invalid-address' } });
  expect(server.messages).toHaveLength(2);
});

test('reads an asynchronous source no further than it sends, and yields while the source is slow', async () => {
  const { mailer } = await setUp();
  let read = 0;
  const source = async function* (): AsyncGenerator<Message> {
    for (const message of messages(20)) {
      read++;
      yield message;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
    yield messages(1)[0]!;
  };
  const receipts = mailer.sendMany(source());
  await receipts.next();
  expect(read).toBeLessThanOrEqual(4);
  const rest = await all(receipts);
  expect(rest).toHaveLength(20);
});

test('a source that throws is heard after the receipts of what had begun', async () => {
  const { server, mailer } = await setUp();
  const source = function* (): Generator<Message> {
    yield* messages(3);
    throw new Error('queue gone');
  };
  const states: string[] = [];
  await expect(async () => {
    for await (const { state } of mailer.sendMany(source())) states.push(state);
  }).rejects.toThrow('queue gone');
  expect(states).toEqual(['accepted', 'accepted', 'accepted']);
  expect(server.messages).toHaveLength(3);
});

test('an abort ends it with the reason, leaving the loop lets what has begun finish', async () => {
  const { server, mailer } = await setUp();
  const reason = new Error('enough');
  const controller = new AbortController();
  const states: string[] = [];
  await expect(async () => {
    for await (const { state } of mailer.sendMany(messages(100), { signal: controller.signal })) {
      states.push(state);
      if (states.length === 5) controller.abort(reason);
    }
  }).rejects.toBe(reason);
  expect(states.filter(state => state === 'accepted').length).toBeLessThanOrEqual(server.messages.length);
  for await (const _ of mailer.sendMany(messages(100))) break;
  const settled = server.messages.length;
  expect((await mailer.send(messages(1)[0]!)).state).toBe('accepted');
  expect(server.messages).toHaveLength(settled + 1);
});

test('keeps to the rate over all connections together', async () => {
  const { mailer } = await setUp({}, { connections: 5, rate: { messages: 5, perMs: 100 } });
  const startedAt = performance.now();
  await all(mailer.sendMany(messages(15)));
  // Five at once, then one each 20 ms; one less, because clocks are rounded.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(180);
});

test('backs off when the server asks for a pause, and sends the same octets again', async () => {
  let refusals = 2;
  const { server, mailer } = await setUp(
    { handler: { onMail: () => (refusals-- > 0 ? { code: 421, text: 'Busy' } : undefined) } },
    { retry: { delayMs: 20 } },
  );
  const receipt = await mailer.send(messages(1)[0]!);
  expect(receipt).toMatchObject({ state: 'accepted', attempts: 3 });
  expect(server.messages[0]?.content).toContain(receipt.messageId);
  expect(server.sessions).toBe(3);
});

test('with retry on temporary, only recipients that were refused for now get it again', async () => {
  const asked: string[] = [];
  const { server, mailer } = await setUp(
    {
      handler: {
        onRcpt: ({ to }) => {
          asked.push(to);
          return to.startsWith('grey') && asked.filter(address => address === to).length === 1
            ? { code: 450, text: 'Come back later' }
            : undefined;
        },
      },
    },
    { retry: { delayMs: 5, on: 'temporary' } },
  );
  const receipt = await mailer.send({ ...messages(1)[0]!, to: ['grey@example.net', 'bob@example.net'] });
  expect(receipt).toMatchObject({ state: 'accepted', attempts: 2 });
  expect(server.messages.map(({ to }) => to)).toEqual([['bob@example.net'], ['grey@example.net']]);
  expect(server.messages[0]?.content).toBe(server.messages[1]?.content);
});

test('without it a refusal for now is told at once, and retry: false tries nothing again', async () => {
  const once = await setUp({ handler: { onMail: () => ({ code: 451, text: 'Later' }) } });
  await expect(once.mailer.send(messages(1)[0]!)).rejects.toMatchObject({
    temporary: true,
    receipt: { attempts: 1 },
  });
  const greylisting = await setUp({ handler: { onRcpt: () => ({ code: 451, text: 'Later' }) } });
  await expect(greylisting.mailer.send(messages(1)[0]!)).rejects.toMatchObject({
    code: 'rejected',
    temporary: true,
    receipt: { attempts: 1, recipients: [{ state: 'rejected', retry: true }] },
  });
  expect(greylisting.server.sessions).toBe(1);
  const never = await setUp({ handler: { onMail: () => ({ code: 421, text: 'Busy' }) } }, { retry: false });
  await expect(never.mailer.send(messages(1)[0]!)).rejects.toMatchObject({
    temporary: true,
    receipt: { attempts: 1 },
  });
});

test('an unused connection is kept for idleMs and closed with QUIT', async () => {
  const { server, mailer } = await setUp({}, { idleMs: 10_000 });
  await mailer.send(messages(1)[0]!);
  await mailer.send(messages(1)[0]!);
  expect(server.sessions).toBe(1);
  const eager = createMailer(local(server));
  await eager.send(messages(1)[0]!);
  await eager.send(messages(1)[0]!);
  expect(server.sessions).toBe(3);
  await eager.close();
});

test('concurrent sends share the connections in the order of asking', async () => {
  const { server, mailer } = await setUp();
  await Promise.all(messages(20).map(message => mailer.send(message)));
  expect(server.messages.map(({ to }) => to[0])).toEqual(messages(20).map(({ to }) => to));
});

test.each([
  ['data', '250 2.0.0'],
  ['data', 'RCPT TO:'],
  ['bdat', '250 2.0.0'],
  ['bdat', 'MAIL FROM:'],
] as const)(
  'a transcript listener that throws now and then leaves true receipts (%s, at %s)',
  async (transfer, line) => {
    let heard = 0;
    const onTranscript = ({ text }: { text: string }): void => {
      if (text.startsWith(line) && ++heard % 7 === 0) throw new Error('disk full');
    };
    const { server, mailer } = await setUp(
      { server: { extensions: ['PIPELINING', 'CHUNKING', 'ENHANCEDSTATUSCODES'] } },
      { transfer, onTranscript },
    );
    const receipts = await all(mailer.sendMany(messages(60)));
    const accepted = receipts.filter(({ state }) => state === 'accepted');
    expect(server.messages.map(({ to }) => to[0]).toSorted()).toEqual(
      accepted.map(({ envelope }) => envelope.to[0]).toSorted(),
    );
    expect(accepted.length).toBeGreaterThan(10);
    const others = receipts.filter(({ state }) => state !== 'accepted');
    expect(new Set(others.map(({ state }) => state))).toEqual(new Set(others.length > 0 ? ['not-sent'] : []));
    expect(
      others.every(({ error }) => (error as { cause?: { code?: string } }).cause?.code === 'callback'),
    ).toBe(true);
    expect(server.sessions).toBeGreaterThan(1);
  },
);
