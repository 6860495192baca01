import {
  evictDurableObject,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outcomeKeptMs } from '../outcome.ts';
import type { QuotaCost } from '../quota.ts';
import { durableStores, type RelaySubject } from './workerd.ts';

const { RELAY: namespace } = env as unknown as { RELAY: DurableObjectNamespace<RelaySubject> };
// The runtime rings alarms by a clock of its own: one that stands behind this would ring them in the midst of a test.
const start = Date.parse('2126-11-21T12:00:00Z');
const expires = start + 300_000;
const limit = { connections: 2, recipients: 3, octets: 100 };

let sub: string;
beforeEach(() => {
  // Storage outlives a test; each has a subject of its own.
  sub = crypto.randomUUID();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The stores as a relay of another isolate has them: nothing is shared but the binding. */
const stores = () => durableStores(namespace);
const stub = () => namespace.get(namespace.idFromName(sub));
const take = (cost: Partial<QuotaCost>, token = 't1', subject = sub) =>
  stores().quota.take(subject, { token, expires, limit, ...cost });
const begin = (id: string, subject = sub) => stores().outcomes.begin(subject, id);
const settle = (id: string, outcome: Parameters<RelaySubject['settle']>[1]) =>
  stores().outcomes.settle(sub, id, outcome);

/** Lets `ms` milliseconds pass and rings the alarm, if there is one. */
async function pass(ms: number): Promise<boolean> {
  vi.setSystemTime(Date.now() + ms);
  return runDurableObjectAlarm(stub());
}

const rows = () =>
  runInDurableObject(stub(), (_, { storage }) => {
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'kept'").toArray();
    return tables.length === 0 ? 'nothing' : storage.sql.exec('SELECT kind, name FROM kept').toArray().length;
  });

describe('quotas', () => {
  it('hold in all isolates together', async () => {
    expect([await take({ connections: 1 }), await take({ connections: 1 })]).toEqual([true, true]);
    expect(await take({ connections: 1 })).toBe(false);
    await take({ connections: -1 });
    expect(await take({ connections: 1 })).toBe(true);
    expect([await take({ recipients: 2 }), await take({ recipients: 2 })]).toEqual([true, false]);
    expect([await take({ octets: 100 }), await take({ octets: 1 })]).toEqual([true, false]);
    expect([await take({ octets: -50 }), await take({ octets: 50 })]).toEqual([true, true]);
  });

  it('are never overspent by takes at the same moment', async () => {
    const taken = await Promise.all(Array.from({ length: 50 }, () => take({ octets: 7 })));
    expect(taken.filter(Boolean)).toHaveLength(14);
    expect(await take({ octets: 2 })).toBe(true);
    expect(await take({ octets: 1 })).toBe(false);
  });

  it('take all of a cost or nothing, for one token of one subject', async () => {
    expect(await take({ recipients: 1, octets: 101 })).toBe(false);
    expect(await take({ recipients: 3 })).toBe(true);
    expect(await take({ recipients: 1 })).toBe(false);
    expect(await take({ recipients: 3 }, 't2')).toBe(true);
    expect(await take({ recipients: 3 }, 't1', crypto.randomUUID())).toBe(true);
  });

  it('outlive the object’s memory', async () => {
    await take({ recipients: 3 });
    await evictDurableObject(stub());
    expect(await take({ recipients: 1 })).toBe(false);
  });

  it('are forgotten with their token, and with the connections that hold it', async () => {
    await take({ connections: 1, recipients: 3 });
    expect(await pass(300_000)).toBe(true);
    expect(await take({ recipients: 1 })).toBe(false);
    await take({ connections: -1 });
    expect(await pass(0)).toBe(true);
    expect(await rows()).toBe('nothing');
    // An isolate that ends without giving its connections back does not hold them for ever.
    await take({ connections: 2 }, 't2');
    await pass(2_400_000);
    expect(await rows()).toBe('nothing');
  });
});

describe('outcomes', () => {
  it('let one of many claim an id, and tell all others', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => begin('a')));
    expect(claims.map(({ state }) => state).sort()).toEqual(['new', ...Array(19).fill('pending')]);
    await settle('a', { state: 'accepted', reply: '250 2.0.0 Ok' });
    expect(await begin('a')).toEqual({ state: 'accepted', reply: '250 2.0.0 Ok' });
    expect(await begin('a', crypto.randomUUID())).toEqual({ state: 'new' });
  });

  it('outlive the object’s memory', async () => {
    await begin('a');
    await settle('a', { state: 'rejected', reply: '550 No' });
    await evictDurableObject(stub());
    expect(await begin('a')).toEqual({ state: 'rejected', reply: '550 No' });
  });

  it('are forgotten after ten minutes, and by an alarm, which leaves nothing behind', async () => {
    await begin('a');
    await settle('a', { state: 'accepted', reply: '250 Ok' });
    vi.setSystemTime(start + outcomeKeptMs - 1);
    expect(await begin('a')).toMatchObject({ state: 'accepted' });
    expect(await rows()).toBe(1);
    expect(await pass(1)).toBe(true);
    expect(await rows()).toBe('nothing');
    expect(await begin('a')).toEqual({ state: 'new' });
  });

  it('are forgotten in their time although the alarm is late', async () => {
    await begin('a');
    await settle('a', { state: 'accepted' });
    vi.setSystemTime(start + outcomeKeptMs);
    expect(await begin('a')).toEqual({ state: 'new' });
  });

  it('ring for each in its turn', async () => {
    await begin('a');
    await settle('a', { state: 'accepted' });
    vi.setSystemTime(start + 60_000);
    await begin('b');
    await settle('b', { state: 'rejected' });
    expect(await pass(outcomeKeptMs - 60_000)).toBe(true);
    expect(await rows()).toBe(1);
    expect(await begin('b')).toMatchObject({ state: 'rejected' });
    expect(await pass(60_000)).toBe(true);
    expect(await rows()).toBe('nothing');
    expect(await pass(1)).toBe(false);
  });

  it('keep a claim for as long as its session may last, and give it back at once', async () => {
    await begin('a');
    await pass(1_799_999);
    expect(await begin('a')).toEqual({ state: 'pending' });
    await settle('a', { state: 'new' });
    expect(await begin('a')).toEqual({ state: 'new' });
    await pass(2_400_000);
    expect(await begin('a')).toEqual({ state: 'new' });
  });
});

it('each subject has an object of its own', async () => {
  const before = (await listDurableObjectIds(namespace)).length;
  await begin('a');
  await take({ octets: 1 });
  expect((await listDurableObjectIds(namespace)).length).toBe(before + 1);
});

it('the alarm rings by the runtime’s own clock', async () => {
  vi.useRealTimers();
  const expires = Date.now() + 1000;
  await take({ octets: 1, expires });
  const kept = await rows();
  if (Date.now() < expires) expect(kept).toBe(1);
  for (let n = 0; n < 1500 && (await rows()) !== 'nothing'; n++) await scheduler.wait(20);
  expect(await rows()).toBe('nothing');
});
