import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { openConnection } from '@posthaste/bridge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import { type FaultyServer, startFaultyServer } from '../peer/faulty-server.ts';
import { abandoned, complaintsOf, handlesClosed, isOurs, openHandles, reason, settles } from './fate.ts';
import { calm, clearWays, openTo, secureWays, type Way } from './way.ts';

const certificate = makeCertificate();
const [starttls, implicit] = secureWays(certificate) as [Way, Way];
const ways = [clearWays[0]!, starttls, implicit];
/** The last resort of a case that hangs, in milliseconds. */
const PATIENCE_MS = 60_000;

/** What is wrong with an opening that may be given up: it opens, or ends as an abort does, and leaves nothing behind. */
async function outcome(server: FaultyServer, opening: ReturnType<typeof openTo>): Promise<string[]> {
  if (!(await settles(opening, PATIENCE_MS))) return ['did not settle'];
  const wrong: string[] = [];
  await opening.then(
    connection => connection.close(),
    error => isOurs(error) || wrong.push(`ended otherwise: ${error}`),
  );
  return [...wrong, ...(await abandoned(server, PATIENCE_MS))];
}

describe('a port whose queue is full', () => {
  let listener: ChildProcess;
  let port: number;
  const waiting: Socket[] = [];
  // Listens and then never runs again: the kernel completes a few connections, and leaves the others connecting.
  const script = `const server = require('node:net').createServer();
    server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;

  beforeAll(async () => {
    listener = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    port = Number(String((await once(listener.stdout!, 'data'))[0]));
    for (let connected = true; connected; ) {
      const socket = connectTcp(port, '127.0.0.1').on('error', () => {});
      waiting.push(socket);
      await Promise.race([once(socket, 'connect'), sleep(500)]);
      // A busy machine may notice late that it is connected.
      for (let turns = 0; turns < 10; turns++) await turn();
      connected = !socket.connecting;
    }
  });
  afterAll(() => {
    for (const socket of waiting) socket.destroy();
    listener.kill('SIGKILL');
  });

  test.each(['none', 'starttls', 'implicit'] as const)('an abort while connecting, tls %s', async tls => {
    const handles = openHandles();
    const abort = new AbortController();
    const opening = openConnection({ hostname: '127.0.0.1', port, tls, signal: abort.signal });
    expect(await settles(opening, 200)).toBe(false);
    abort.abort(reason);
    const error = await opening.catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'ConnectError', code: 'aborted', cause: reason });
    expect(await handlesClosed(handles)).toBe(true);
  });
});

test.each([
  ['STARTTLS', starttls],
  ['implicit TLS', implicit],
] as const)('%s: an abort while the handshake is not answered', async (_, way) => {
  const handles = openHandles();
  const { certificate: _none, ...server } = way.server;
  const mute = await startFaultyServer({
    ...server,
    ...(server.implicit && { instead: { at: 0, text: '' } }),
  });
  const abort = new AbortController();
  const opening = openTo(mute, way, { signal: abort.signal });
  expect(await settles(opening, 200)).toBe(false);
  abort.abort(reason);
  const error = await opening.catch((error: unknown) => error);
  expect(error).toMatchObject({ name: 'ConnectError', code: 'aborted', cause: reason });
  expect(await abandoned(mute, PATIENCE_MS)).toEqual([]);
  await mute.stop();
  expect(await handlesClosed(handles)).toBe(true);
});

test.each(ways)('$name: an abort at each turn of the event loop', async way => {
  await calm(way);
  const handles = openHandles();
  let late = 0;
  // Opening takes a few dozen turns, more or fewer of them in each run, and many more where a core is busy.
  for (let turns = 0; late < 3; turns = turns < 100 ? turns + 1 : turns * 2) {
    const server = await startFaultyServer(way.server);
    const abort = new AbortController();
    const opening = openTo(server, way, { signal: abort.signal });
    let open = false;
    opening.then(
      () => {
        open = true;
      },
      () => {},
    );
    for (let passed = 0; passed < turns && !open; passed++) await turn();
    if (open) late++;
    abort.abort(reason);
    expect([turns, await outcome(server, opening)]).toEqual([turns, []]);
    await server.stop();
  }
  expect(await handlesClosed(handles)).toBe(true);
});

test.each(ways)('$name: an abort at each line of the transcript and shortly after it', async way => {
  const handles = openHandles();
  const lines: string[] = [];
  const server = await startFaultyServer(way.server);
  await openTo(server, way, { onTranscript: ({ text }) => lines.push(text) }).then(each => each.close());
  await server.stop();
  const cases = lines.flatMap((_, line) =>
    Array.from({ length: 8 }, (_, ticks) => [`line ${line}, tick ${ticks}`, { line, ticks }] as const),
  );
  const wrong = await complaintsOf(cases, async ({ line, ticks }) => {
    const one = await startFaultyServer(way.server);
    const abort = new AbortController();
    let heard = 0;
    const onTranscript = async () => {
      if (heard++ !== line) return;
      for (let tick = 0; tick < ticks; tick++) await undefined;
      abort.abort(reason);
    };
    const complaints = await outcome(one, openTo(one, way, { signal: abort.signal, onTranscript }));
    await one.stop();
    return complaints;
  });
  expect(wrong).toEqual([]);
  expect(await handlesClosed(handles)).toBe(true);
});
