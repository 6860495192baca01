import { expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import type { Cut, Ending } from '../peer/cutting-proxy.ts';
import {
  abandoned,
  complaintsOf,
  contradictions,
  type Fate,
  fateOf,
  handlesClosed,
  isOurs,
  type Options,
  openHandles,
  reason,
  settles,
  timeoutsOf,
} from './fate.ts';
import {
  openRelayPath,
  type RelayPath,
  type RelayPathOptions,
  type RelayWay,
  relayWays,
} from './relay-path.ts';
import { CONTENTS } from './way.ts';

const ways = relayWays(makeCertificate());
/** The last resort of a case that hangs, in milliseconds. */
const PATIENCE_MS = 60_000;
/** How long hundreds of sessions may take on a slow machine, in milliseconds. */
const TEST_MS = 480_000;
/** A relay and a client that notice soon when nothing moves any more. */
const impatient = {
  limits: {
    ...{ openMs: 400, connectMs: 400, tlsMs: 400, idleMs: 400, finalMs: 400, pingMs: 100, totalMs: 2000 },
  },
  timeouts: { ...timeoutsOf(600), connect: 600 },
};

/** The secrets as they are and in base64, and what a log has no business with. */
const secret = /canary|Y2FuYXJ5/;
const letter = /example\.(org|net)|begin-|end-/;

/**
 * Sends two messages and says goodbye; gives everything that is wrong about how it ended.
 *
 * @param far Whose clients must all have hung up.
 * @param left Is told that the browser has left.
 */
async function judged(
  path: RelayPath,
  options: Options = {},
  far: Pick<RelayPath['behind'], 'deserted'> = path.server,
  left: () => void = () => {},
): Promise<string[]> {
  const connecting = path.open(options);
  const { signal } = options;
  const sending = Promise.all(CONTENTS.map(text => fateOf(connecting, text, signal)));
  if (!(await settles(sending, PATIENCE_MS))) return ['did not settle'];
  const fates: Fate[] = await sending;
  const connection = await connecting.catch(() => undefined);
  const leaving = signal === undefined ? connection?.quit() : connection?.close();
  if (!(await settles(leaving ?? Promise.resolve(), PATIENCE_MS))) return ['did not quit'];
  await connection?.close();
  left();
  const wrong: string[] = [];
  for (const { text, error } of signal ? fates : [])
    if (error !== undefined && !isOurs(error)) wrong.push(`${text} ended otherwise: ${error}`);
  if (!(await settles(path.idle(), PATIENCE_MS))) wrong.push(`the relay keeps ${path.sessions} sessions`);
  wrong.push(...(await abandoned(far, PATIENCE_MS)));
  wrong.push(...contradictions(fates, path.server.commits));
  const log = path.log.join('\n');
  const told = log + fates.map(({ error }) => tellingOf(error)).join('\n');
  if (letter.test(log) || secret.test(told) || told.includes(path.token))
    wrong.push(`tells too much: ${told}`);
  return wrong;
}

/** Everything an error says, and what caused it. */
function tellingOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${error} ${JSON.stringify(error)} ${tellingOf(error.cause)}`;
}

/** Where a path breaks, and how. */
interface Break {
  readonly leg: 'before' | 'behind';
  readonly how: Ending;
}

/** What is wrong with a session over a path that breaks. */
async function broken(
  way: RelayWay,
  { leg, how, late = how === 'vanish' }: Break & { readonly late?: boolean },
  options: (path: () => RelayPath) => RelayPathOptions,
): Promise<string[]> {
  const path: RelayPath = await openRelayPath(way, {
    ...(late && { limits: impatient.limits }),
    ...options(() => path),
  });
  try {
    // A mail server cannot hear that the relay hung up when the path between them has vanished.
    const far = how === 'vanish' && leg === 'behind' ? path.behind : path.server;
    return await judged(path, late ? { timeouts: impatient.timeouts } : {}, far);
  } finally {
    await path.stop();
  }
}

/** How a session goes that nobody disturbs. */
async function calm(way: RelayWay): Promise<RelayPath> {
  const path = await openRelayPath(way);
  const wrong = await judged(path);
  await path.stop();
  expect([wrong, path.server.commits]).toEqual([[], CONTENTS]);
  return path;
}

test.each(ways)('$name: either leg breaks behind some octets', { timeout: TEST_MS }, async way => {
  const { before, behind } = await calm(way);
  const handles = openHandles();
  // Each case is a session of its own, so a sample has to do; where TLS covers them, octets say less.
  const stride = way.name.includes('TLS') ? 61 : 17;
  const cases = Object.entries({ before, behind }).flatMap(([leg, { carried }]) =>
    (['up', 'down'] as const).flatMap(direction =>
      Array.from({ length: Math.ceil(carried[direction] / stride) }, (_, at) => {
        const how: Ending = at % 8 === 3 ? 'vanish' : 'cut';
        const cut: Cut = { direction, octets: at * stride, how };
        return [`${leg} ${direction} ${how} ${cut.octets}`, { leg: leg as Break['leg'], cut }] as const;
      }),
    ),
  );
  const run = ({ leg, cut }: { leg: Break['leg']; cut: Cut }) =>
    broken(way, { leg, how: cut.how }, () => ({ [leg]: cut }));
  expect(await complaintsOf(cases, run)).toEqual([]);
  expect(await handlesClosed(handles)).toBe(true);
});

interface Moment extends Break {
  readonly reply: number;
  /** Before the mail server says that reply, behind it, or in its stead. */
  readonly when: 'due' | 'said' | 'silent';
}

test.each(ways)(
  '$name: either leg breaks at each reply of the mail server',
  { timeout: TEST_MS },
  async way => {
    const { replies } = (await calm(way)).server;
    const handles = openHandles();
    const cases = Array.from({ length: replies }, (_, reply) =>
      (['before', 'behind'] as const).flatMap(leg =>
        (['cut', 'vanish'] as const).flatMap(how =>
          (['due', 'said', 'silent'] as const).map(
            when => [`${leg} ${how} ${reply} ${when}`, { reply, when, leg, how }] as const,
          ),
        ),
      ),
    ).flat();
    const run = ({ reply, when, leg, how }: Moment) =>
      broken(way, { leg, how, late: how === 'vanish' || when === 'silent' }, path => ({
        server: {
          ...(when === 'silent' && { instead: { at: reply, text: '' } }),
          watch: (at, moment) =>
            at === reply && moment === (when === 'said' ? 'said' : 'due') && path()[leg].break(how),
        },
      }));
    // Most of them wait for a deadline.
    expect(await complaintsOf(cases, run, 24)).toEqual([]);
    expect(await handlesClosed(handles)).toBe(true);
  },
);

test.each(ways)(
  '$name: the browser aborts at each reply of the mail server',
  { timeout: TEST_MS },
  async way => {
    const { replies } = (await calm(way)).server;
    const handles = openHandles();
    const cases = Array.from({ length: replies - 1 }, (_, reply) =>
      (['due', 'said', 'silent'] as const).map(when => [`${reply} ${when}`, { reply, when }] as const),
    ).flat();
    const run = async ({ reply, when }: Pick<Moment, 'reply' | 'when'>) => {
      const abort = new AbortController();
      const path = await openRelayPath(way, {
        server: {
          ...(when === 'silent' && { instead: { at: reply, text: '' } }),
          watch: (at, moment) =>
            at === reply && moment === (when === 'said' ? 'said' : 'due') && abort.abort(reason),
        },
      });
      // The relay would wait long for a server that says nothing.
      const left = () => void (when === 'silent' && path.server.dropAll());
      const wrong = await judged(path, { signal: abort.signal }, path.server, left);
      await path.stop();
      return abort.signal.aborted ? wrong : [...wrong, 'the moment never came'];
    };
    expect(await complaintsOf(cases, run, 24)).toEqual([]);
    expect(await handlesClosed(handles)).toBe(true);
  },
);
