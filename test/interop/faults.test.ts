import { expect, test } from 'vitest';
import { type Misbehaviour, startFaultyServer } from '../peer/faulty-server.ts';
import { abandoned, complaintsOf, contradictions, fateOf, settles, timeoutsOf } from './fate.ts';
import { CONTENTS, calm, clearWays, openTo, type Way } from './way.ts';

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
const DEADLINE_MS = 60_000;
const timeouts = timeoutsOf(200);

/** Everything that is wrong about what a client says of a session that goes wrong. */
async function complaints(way: Way, misbehaviour: Misbehaviour): Promise<string[]> {
  const server = await startFaultyServer({ ...way.server, ...misbehaviour });
  try {
    const connecting = openTo(server, way, { timeouts });
    const sending = Promise.all(CONTENTS.map(text => fateOf(connecting, text)));
    if (!(await settles(sending, DEADLINE_MS))) return ['did not settle'];
    await connecting.then(
      connection => connection.close(),
      () => {},
    );
    return [...(await abandoned(server, DEADLINE_MS)), ...contradictions(await sending, server.commits)];
  } finally {
    await server.stop();
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

test.each(clearWays)('$name: the server hangs up after each octet it says', async way => {
  const { said } = await calm(way);
  const cases = upTo(said).map(octets => [`${octets}`, { octets }] as const);
  expect(await complaintsOf(cases, misbehaviour => complaints(way, misbehaviour))).toEqual([]);
});

test.each(clearWays)('$name: the server hangs up after each octet it hears', async way => {
  const { clear } = await calm(way);
  const cases = upTo(clear.length).map(heard => [`${heard}`, { heard }] as const);
  expect(await complaintsOf(cases, misbehaviour => complaints(way, misbehaviour))).toEqual([]);
});

test.each(clearWays)('$name: each reply goes wrong in each way', async way => {
  const { replies } = await calm(way);
  const cases = upTo(replies).flatMap(at =>
    REPLIES.map(([name, text]) => [`${name} at ${at}`, { instead: { at, text } }] as const),
  );
  expect(await complaintsOf(cases, misbehaviour => complaints(way, misbehaviour))).toEqual([]);
});
