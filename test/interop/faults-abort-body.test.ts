import { setImmediate as turn } from 'node:timers/promises';
import type { Content, SendRawOptions } from '@posthaste/bridge';
import type { SmtpError } from '@posthaste/smtp-core';
import { expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import { startFaultyServer } from '../peer/faulty-server.ts';
import {
  abandoned,
  complaintsOf,
  envelope,
  fateOf,
  handlesClosed,
  isOurs,
  openHandles,
  reason,
} from './fate.ts';
import { clearWays, openTo, secureWays, type Way } from './way.ts';

const ways = [...clearWays, ...secureWays(makeCertificate())];
/** The last resort of a case that hangs, in milliseconds. */
const PATIENCE_MS = 60_000;
const PIECES = 5;
const PIECE = new TextEncoder().encode(`${'x'.repeat(78)}\r\n`.repeat(500));
const OCTETS = new Uint8Array(200_000).fill(97);

/** Content that is asked for piece by piece, and knows whether it was told that nobody reads on. */
interface Source {
  readonly content: Content;
  readonly told: () => boolean;
}

/** Each is told before a piece is made. */
const SOURCES: Readonly<Record<string, (at: (piece: number) => Promise<void>) => Source>> = {
  iterable(at) {
    let told = false;
    async function* pieces() {
      try {
        for (let piece = 0; piece < PIECES; piece++) {
          await at(piece);
          yield PIECE;
        }
        await at(PIECES);
      } finally {
        told = true;
      }
    }
    return { content: pieces(), told: () => told };
  },
  stream(at) {
    let told = false;
    let piece = 0;
    const content = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await at(piece);
          if (piece++ < PIECES) controller.enqueue(PIECE);
          else controller.close();
        },
        cancel() {
          told = true;
        },
      },
      { highWaterMark: 0 },
    );
    return { content, told: () => told || piece > PIECES };
  },
};

interface Moment {
  readonly piece: number;
  readonly kind: string;
  /** The abort comes once the piece has left, while the next one is waited for. */
  readonly later: boolean;
}

/** What is wrong with a message whose content is given up at one of its pieces. */
async function aborted(way: Way, { piece, kind, later }: Moment): Promise<string[]> {
  const abort = new AbortController();
  const server = await startFaultyServer(way.server);
  let handedOut = false;
  let tooLate = false;
  const stop = () => {
    tooLate = handedOut;
    abort.abort(reason);
  };
  const source = SOURCES[kind]!(async at => {
    if (at === piece && !later) stop();
    if (at === piece && later) setImmediate(stop);
    if (at > piece && later) while (!abort.signal.aborted) await turn();
  });
  try {
    const connecting = openTo(server, way);
    const connection = await connecting;
    const onProgress: SendRawOptions['onProgress'] = ({ phase }) => {
      handedOut ||= phase === 'final';
    };
    const sending = connection.sendRaw(envelope, source.content, { signal: abort.signal, onProgress });
    const error = await sending.catch((caught: unknown) => caught);
    const wrong: string[] = [];
    if (!isOurs(error)) wrong.push(`ended otherwise: ${error}`);
    if ((error as SmtpError).retrySafe === tooLate) wrong.push(`in doubt: ${tooLate}`);
    const before = server.commits.length;
    if (before > 0 && !tooLate) wrong.push('committed');
    if (connection.open) {
      const { ending } = await fateOf(connecting, 'afterwards\r\n');
      const taken = server.commits.filter(text => text === 'afterwards\r\n').length;
      if (taken !== (ending === 'accepted' ? 1 : 0)) wrong.push(`${ending}, and committed ${taken} times`);
    }
    if (server.commits.length > (tooLate ? 2 : 1)) wrong.push(`committed ${server.commits.length} messages`);
    await connection.close();
    wrong.push(...(await abandoned(server, PATIENCE_MS)));
    if (!source.told()) wrong.push('the source was not told');
    return wrong;
  } finally {
    await server.stop();
  }
}

test.each(ways)('$name: an abort at each piece of the content', async way => {
  const handles = openHandles();
  const cases = Object.keys(SOURCES).flatMap(kind =>
    [false, true].flatMap(later =>
      Array.from(
        { length: PIECES + 1 },
        (_, piece) => [`${kind} ${piece} ${later}`, { kind, piece, later }] as const,
      ),
    ),
  );
  expect(await complaintsOf(cases, moment => aborted(way, moment))).toEqual([]);
  expect(await handlesClosed(handles)).toBe(true);
});

test.each(ways)('$name: an abort at each step of progress', async way => {
  const steps: string[] = [];
  const send = async (at: number) => {
    const abort = new AbortController();
    const server = await startFaultyServer(way.server);
    const connection = await openTo(server, way);
    let step = 0;
    const sending = connection.sendRaw(envelope, OCTETS, {
      signal: abort.signal,
      onProgress: ({ phase }) => {
        if (at < 0) steps.push(phase);
        if (step++ === at) abort.abort(reason);
      },
    });
    const error = await sending.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    await connection.close();
    await server.stop();
    return { error, commits: server.commits.length };
  };
  expect(await send(-1)).toEqual({ error: undefined, commits: 1 });
  expect(steps.at(-1)).toBe('final');
  for (const at of steps.keys()) {
    const { error, commits } = await send(at);
    // A listener is asked before the end of the content leaves: even its last step is in time.
    expect([at, isOurs(error), error, commits]).toMatchObject([at, true, { retrySafe: true }, 0]);
  }
});
