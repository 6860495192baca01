import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Connection } from '@posthaste/bridge';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import { type FaultyServer, startFaultyServer } from '../peer/faulty-server.ts';
import {
  abandoned,
  complaintsOf,
  contradictions,
  envelope,
  fateOf,
  handlesClosed,
  isOurs,
  type Options,
  openHandles,
  reason,
  settles,
  timeoutsOf,
} from './fate.ts';
import { CONTENTS, calm, clearWays, openTo, secureWays, type Way } from './way.ts';

const ways = [...clearWays, ...secureWays(makeCertificate())];
/** The last resort of a case that hangs, in milliseconds. */
const PATIENCE_MS = 60_000;
const MIB = 1 << 20;
const PIECE = new TextEncoder().encode(`${'x'.repeat(1022)}\r\n`.repeat(64));

/** Octets that the kernel takes for a peer who does not read: what it may send ahead, and what it may receive. */
const kernelOctets = ['tcp_wmem', 'tcp_rmem']
  .map(name => Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim().split(/\s+/).at(-1)))
  .reduce((sum, octets) => sum + octets);

/** Octets and objects that somebody still holds. */
async function heldMemory(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let least = Number.POSITIVE_INFINITY;
  // Buffers are swept behind our back: only what several collections in a row leave is held.
  for (let round = 0; round < 4; round++) {
    collect();
    await sleep(5);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

/** A message to a server that stops reading once it may come. */
interface Stall {
  readonly server: FaultyServer;
  readonly connection: Connection;
  readonly sending: Promise<unknown>;
  /** Octets asked for, octets said to be sent, whether the end was, whether the source was told that nobody reads on. */
  readonly source: { taken: number; sent: number; ended: boolean; told: boolean; octets: number };
}

interface StallOptions {
  readonly options?: Options;
  readonly signal?: AbortSignal;
  /** Octets of the message; without end when left out. */
  readonly octets?: number;
}

/** Sends until nothing moves any more. */
async function stalled(
  way: Way,
  { options, signal, octets = Number.POSITIVE_INFINITY }: StallOptions = {},
): Promise<Stall> {
  let asleep = false;
  const server: FaultyServer = await startFaultyServer({
    ...way.server,
    watch(_, moment, text) {
      if (asleep || moment !== 'said' || !/^354|chunk$/.test(text)) return;
      asleep = true;
      server.pause();
    },
  });
  const connection = await openTo(server, way, options);
  const source = { taken: 0, sent: 0, ended: false, told: false, octets };
  async function* content() {
    try {
      for (; source.taken < source.octets; source.taken += PIECE.length) yield PIECE;
    } finally {
      source.told = true;
    }
  }
  const sending = connection.sendRaw(envelope, content(), {
    ...(signal && { signal }),
    onProgress: ({ sentOctets, phase }) => {
      source.sent = sentOctets;
      source.ended = phase === 'final';
    },
  });
  let failed = false;
  sending.catch(() => {
    failed = true;
  });
  const begun = () => failed || (octets === 0 ? source.ended : source.taken > 0);
  for (let last = 0, still = 0; still < 5; still = begun() && source.taken === last ? still + 1 : 0) {
    last = source.taken;
    await sleep(40);
  }
  return { server, connection, sending, source };
}

/** Ends a stall whose message came to nothing. */
async function over({ server, connection, source }: Stall): Promise<void> {
  await connection.close();
  server.resume();
  expect(await abandoned(server, PATIENCE_MS)).toEqual([]);
  expect(source.told).toBe(true);
  expect(server.commits).toEqual([]);
  await server.stop();
}

describe.each(ways)('$name: a server that stops reading', way => {
  test('keeps the source waiting, in bounded memory, and an abort ends it', async () => {
    const handles = openHandles();
    const abort = new AbortController();
    const before = await heldMemory();
    const stall = await stalled(way, { signal: abort.signal });
    const { taken, sent } = stall.source;
    await expect.poll(heldMemory, { timeout: 30_000 }).toBeLessThan(before + 16 * MIB);
    expect(taken).toBeLessThan(kernelOctets + 4 * MIB);
    expect(taken - sent).toBeLessThan(MIB);
    abort.abort(reason);
    const error = await stall.sending.catch((caught: unknown) => caught);
    expect(isOurs(error)).toBe(true);
    expect(error).toMatchObject({ retrySafe: true });
    await over(stall);
    expect(await handlesClosed(handles)).toBe(true);
  });

  test('is given up at the deadline', async () => {
    const stall = await stalled(way, { options: { timeouts: { body: 1000 } } });
    await expect(stall.sending).rejects.toMatchObject({ kind: 'timeout', phase: 'body', retrySafe: true });
    await over(stall);
  });

  test.each([
    ['552 5.3.4 too big', { kind: 'reply', code: 552 }],
    ['451 4.3.0 no space', { kind: 'reply', code: 451 }],
    ['421 4.3.2 going down', { kind: 'closing', code: 421 }],
  ])('says %s, and is heard', async (reply, error) => {
    const stall = await stalled(way);
    stall.server.interject(`${reply}\r\n`);
    await expect(stall.sending).rejects.toMatchObject({ ...error, retrySafe: true });
    await over(stall);
  });

  test('hangs up', async () => {
    const stall = await stalled(way);
    stall.server.dropAll();
    await expect(stall.sending).rejects.toMatchObject({
      kind: expect.stringMatching(/^(io|disconnected)$/),
      retrySafe: true,
    });
    await over(stall);
  });

  test('reads on after a while, and takes every octet', async () => {
    const { server, connection, sending, source } = await stalled(way);
    source.octets = source.taken + MIB;
    server.resume();
    await sending;
    expect(server.commits.map(({ length }) => length)).toEqual([source.octets]);
    await connection.close();
    await server.stop();
  });
});

// BDAT ends a small message in its only chunk, which is answered at once.
const dotted = ways.filter(({ name }) => name !== 'chunks in flight');
test.each(dotted)(
  '$name: an abort leaves a whole message in doubt that the server has yet to read',
  async way => {
    const abort = new AbortController();
    const stall = await stalled(way, { signal: abort.signal, octets: 0 });
    abort.abort(reason);
    const error = await stall.sending.catch((caught: unknown) => caught);
    expect(isOurs(error)).toBe(true);
    expect(error).toMatchObject({ deliveryUnknown: true });
    await stall.connection.close();
    await stall.server.stop();
  },
);

test.each(ways)('$name: a server that reads a little at a time takes every octet', async way => {
  const server = await startFaultyServer(way.server);
  const connection = await openTo(server, way);
  let awake = true;
  const nap = setInterval(() => {
    if (awake) server.pause();
    else server.resume();
    awake = !awake;
  }, 1);
  async function* content() {
    for (let piece = 0; piece < 64; piece++) yield PIECE;
  }
  await connection.sendRaw(envelope, content());
  clearInterval(nap);
  expect(server.commits.map(({ length }) => length)).toEqual([64 * PIECE.length]);
  await connection.close();
  await server.stop();
});

test.each(ways)('$name: a server that dribbles its replies octet by octet is understood', async way => {
  const { commits } = await calm(way, { dribbles: true });
  expect(commits).toEqual(CONTENTS);
});

test.each(ways)('$name: octets that dribble without end extend no deadline', async way => {
  const { replies } = await calm(way);
  const handles = openHandles();
  const cases = Array.from({ length: replies }, (_, at) => [`${at}`, at] as const);
  const wrong = await complaintsOf(cases, async at => {
    const server = await startFaultyServer({ ...way.server, instead: { at, text: '250-' } });
    const dribble = setInterval(() => server.interject('x'), 20);
    try {
      const connecting = openTo(server, way, { timeouts: timeoutsOf(300) });
      const sending = Promise.all(CONTENTS.map(text => fateOf(connecting, text)));
      if (!(await settles(sending, PATIENCE_MS))) return ['did not settle'];
      const quitting = connecting.then(connection => connection.quit());
      if (!(await settles(quitting, PATIENCE_MS))) return ['did not quit'];
      const left = await abandoned(server, PATIENCE_MS);
      return [...left, ...contradictions(await sending, server.commits)];
    } finally {
      clearInterval(dribble);
      await server.stop();
    }
  });
  expect(wrong).toEqual([]);
  expect(await handlesClosed(handles)).toBe(true);
});
