import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from '@posthaste/bridge';
import type { SmtpError } from '@posthaste/smtp-core';
import { expect, test } from 'vitest';
import { type FaultyServer, type Misbehaviour, startFaultyServer } from '../peer/faulty-server.ts';

type Options = Partial<Parameters<typeof openConnection>[0]>;
type Ending = 'accepted' | 'rejected' | 'unknown';

const CONTENTS = ['begin-1\r\n.dot\r\nend-1\r\n', 'begin-2\r\n..\r\nend-2\r\n'];
const envelope = { from: 'ann@example.org', to: ['bob@example.net', 'carol@example.net'] };
const WAYS: readonly { name: string; options: Options; extensions: readonly string[] }[] = [
  { name: 'lock-step', options: {}, extensions: [] },
  { name: 'pipelined', options: {}, extensions: ['PIPELINING'] },
  { name: 'DATA in the group', options: { pipelineData: true }, extensions: ['PIPELINING'] },
  {
    name: 'chunks in flight',
    options: { transfer: 'bdat', pipelineWindow: { transactions: 2, octets: 4096 } },
    extensions: ['PIPELINING', 'CHUNKING'],
  },
];
const REPLIES: readonly (readonly [string, string | undefined])[] = [
  ['closed', undefined],
  ['silent', ''],
  ['421', '421 closing\r\n'],
  ['4yz', '451 later\r\n'],
  ['5yz', '554 never\r\n'],
  ['1yz', '150 working\r\n'],
  ['999', '999 what\r\n'],
  ['text', 'everything is fine\r\n'],
  ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['TLS alert', '\x15\x03\x01\x00\x02\x02\x46'],
  ['64 KiB line', `250 ${'x'.repeat(65_536)}\r\n`],
  ['10,000 continuations', `${'250-more\r\n'.repeat(10_000)}250 end\r\n`],
];
/** Several phases may each take their time. */
const DEADLINE_MS = 3000;
const PHASES = ['greeting', 'hello', 'mail', 'rcpt', 'data', 'body', 'final', 'rset', 'quit'] as const;
const impatient = Object.fromEntries(PHASES.map(phase => [phase, 200]));

/** What a client said became of each message, and everything that is wrong about it. */
async function attempt(
  server: FaultyServer,
  options: Options,
): Promise<{ endings: Ending[]; wrong: string[] }> {
  const connecting = openConnection({
    ...{ hostname: '127.0.0.1', port: server.port, tls: 'none', timeouts: impatient },
    ...options,
  });
  const handedOut = new Set<number>();
  const sending = CONTENTS.map(async (text, at): Promise<Ending> => {
    try {
      const connection = await connecting;
      await connection.sendRaw(envelope, new TextEncoder().encode(text), {
        onProgress: ({ phase }) => phase === 'final' && handedOut.add(at),
      });
      return 'accepted';
    } catch (error) {
      return (error as SmtpError).deliveryUnknown ? 'unknown' : 'rejected';
    }
  });
  const late = sleep(DEADLINE_MS, undefined, { ref: false });
  const endings = await Promise.race([Promise.all(sending), late]);
  if (endings === undefined) return { endings: [], wrong: ['did not settle'] };
  await connecting.then(
    connection => connection.close(),
    () => {},
  );
  const deserted = await Promise.race([server.deserted().then(() => true), late]);
  const wrong = deserted ? [] : ['left its connection open'];
  for (const [at, text] of CONTENTS.entries()) {
    const copies = server.commits.filter(commit => commit === text).length;
    const ending = endings[at]!;
    if (copies > 1) wrong.push(`message ${at + 1} was committed ${copies} times`);
    if (ending === 'accepted' && copies === 0) wrong.push(`message ${at + 1} is accepted but not committed`);
    if (ending === 'rejected' && copies > 0) wrong.push(`message ${at + 1} is rejected but committed`);
    if (ending === 'unknown' && !handedOut.has(at))
      wrong.push(`message ${at + 1} is in doubt before its end`);
  }
  for (const commit of server.commits)
    if (!CONTENTS.includes(commit)) wrong.push(`committed ${JSON.stringify(commit)}`);
  return { endings, wrong };
}

async function complaints(misbehaviour: Misbehaviour, options: Options): Promise<string[]> {
  const server = await startFaultyServer(misbehaviour);
  try {
    return (await attempt(server, options)).wrong;
  } finally {
    await server.stop();
  }
}

/** Runs cases a few at a time; gives what is wrong with each. */
async function all(cases: readonly (readonly [string, Misbehaviour])[], options: Options): Promise<string[]> {
  const waiting = [...cases];
  const wrong: string[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, misbehaviour] = next;
      for (const complaint of await complaints(misbehaviour, options)) wrong.push(`${name}: ${complaint}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return wrong;
}

/** How a session goes that nobody disturbs. */
async function calm({ extensions, options }: (typeof WAYS)[number]): Promise<FaultyServer> {
  const server = await startFaultyServer({ extensions });
  const { endings, wrong } = await attempt(server, options);
  await server.stop();
  expect([endings, wrong]).toEqual([['accepted', 'accepted'], []]);
  return server;
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

test.each(WAYS)('$name: the server hangs up after each octet it says', async way => {
  const { said } = await calm(way);
  const cases = upTo(said).map(octets => [`${octets}`, { extensions: way.extensions, octets }] as const);
  expect(await all(cases, way.options)).toEqual([]);
});

test.each(WAYS)('$name: the server hangs up after each octet it hears', async way => {
  const { clear } = await calm(way);
  const cases = upTo(clear.length).map(heard => [`${heard}`, { extensions: way.extensions, heard }] as const);
  expect(await all(cases, way.options)).toEqual([]);
});

test.each(WAYS)('$name: each reply goes wrong in each way', async way => {
  const { replies } = await calm(way);
  const cases = upTo(replies).flatMap(at =>
    REPLIES.map(
      ([name, text]) => [`${name} at ${at}`, { extensions: way.extensions, instead: { at, text } }] as const,
    ),
  );
  expect(await all(cases, way.options)).toEqual([]);
});
