import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import { startFaultyServer } from '../peer/faulty-server.ts';
import {
  abandoned,
  complaintsOf,
  contradictions,
  fateOf,
  handlesClosed,
  isOurs,
  openHandles,
  reason,
  settles,
} from './fate.ts';
import { CONTENTS, calm, clearWays, openTo, secureWays, type Way } from './way.ts';

const ways = [...clearWays, ...secureWays(makeCertificate())];
/** The last resort of a case that hangs, in milliseconds. */
const PATIENCE_MS = 60_000;
/** Turns of the event loop in which an abort has its effect: no answer of the server is waited for. */
const TURNS = 30;

/** When the abort comes, and what is done behind it. */
interface Moment {
  readonly reply: number;
  /** Before the server says that reply, behind it, or in its stead. */
  readonly when: 'due' | 'said' | 'silent';
  readonly next: 'close' | 'send';
}

/** What is wrong with a session that is aborted at one moment. */
async function aborted(way: Way, { reply, when, next }: Moment): Promise<string[]> {
  const abort = new AbortController();
  const { signal } = abort;
  const wrong: string[] = [];
  const underWay = new Set<string>();
  let cut: readonly string[] = [];
  let heard = 0;
  const server = await startFaultyServer({
    ...way.server,
    ...(when === 'silent' && { instead: { at: reply, text: '' } }),
    watch(at, moment) {
      if (at !== reply || moment !== (when === 'said' ? 'said' : 'due')) return;
      cut = [...underWay];
      heard = server.heard;
      abort.abort(reason);
    },
  });
  const followed = <T>(name: string, work: Promise<T>): Promise<T> => {
    underWay.add(name);
    return work.finally(() => underWay.delete(name));
  };
  try {
    const connecting = followed('opening', openTo(server, way, { signal }));
    const sending = CONTENTS.map(text => followed(text, fateOf(connecting, text, signal)));
    const quitting = Promise.all(sending)
      .then(() => connecting)
      .then(connection => followed('quit', connection.quit({ signal })))
      .catch((error: unknown) => error);
    const stopped = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
    if (!(await settles(stopped, PATIENCE_MS))) return ['the moment never came'];
    for (let turns = 0; turns < TURNS; turns++) await turn();
    for (const name of underWay) wrong.push(`${name} goes on after the abort`);
    const fates = await Promise.all(sending);
    for (const { text, error } of fates)
      if (cut.includes(text) && !isOurs(error)) wrong.push(`${text} ended otherwise: ${error}`);
    const end = await quitting;
    if (!isOurs(end)) wrong.push(`quit ended otherwise: ${end}`);

    const connection = await connecting.catch(() => undefined);
    const late = next === 'send' && connection?.open ? [fateOf(connecting, 'afterwards\r\n')] : [];
    // Nothing is to be expected of a server that fell silent.
    if (when !== 'silent') await Promise.all(late);
    await connection?.close();
    fates.push(...(await Promise.all(late)));
    wrong.push(...(await abandoned(server, PATIENCE_MS)), ...contradictions(fates, server.commits));
    if (cut.includes('opening') && server.heard > heard) wrong.push('said more after the abort');
  } finally {
    await server.stop();
  }
  return wrong;
}

test.each(ways)('$name: an abort at each reply', async way => {
  const { replies } = await calm(way);
  const handles = openHandles();
  const cases = Array.from({ length: replies }, (_, reply) =>
    (['due', 'said', 'silent'] as const).flatMap(when =>
      (['close', 'send'] as const).map(next => [`${reply} ${when} ${next}`, { reply, when, next }] as const),
    ),
  ).flat();
  expect(await complaintsOf(cases, moment => aborted(way, moment))).toEqual([]);
  expect(await handlesClosed(handles)).toBe(true);
});
