import { describe, expect, it } from 'vitest';
import { ScriptedClock } from '../../fixture/scripted-clock.ts';
import { memoryOutcomes, outcomeKeptMs } from './outcome.ts';
import { memoryQuota } from './quota.ts';

const limit = { connections: 2, recipients: 3, octets: 100 };

describe('memoryQuota', () => {
  const open = () => {
    const clock = new ScriptedClock();
    const quota = memoryQuota(clock);
    const expires = clock.now() + 300_000;
    const take = (cost: object, token = 't1', sub = 's1') =>
      quota.take(sub, { token, expires, limit, ...cost });
    return { clock, take };
  };

  it('counts connections at a time, and recipients and octets for good', () => {
    const { take } = open();
    expect([take({ connections: 1 }), take({ connections: 1 }), take({ connections: 1 })]).toEqual([
      true,
      true,
      false,
    ]);
    take({ connections: -1 });
    expect(take({ connections: 1 })).toBe(true);
    expect([take({ recipients: 2 }), take({ recipients: 2 }), take({ recipients: 1 })]).toEqual([
      true,
      false,
      true,
    ]);
    expect([take({ octets: 100 }), take({ octets: 1 }), take({ octets: -50 }), take({ octets: 50 })]).toEqual(
      [true, false, true, true],
    );
  });

  it('takes all of a cost or nothing', () => {
    const { take } = open();
    expect(take({ recipients: 1, octets: 101 })).toBe(false);
    expect(take({ recipients: 3 })).toBe(true);
  });

  it('keeps tokens and subjects apart', () => {
    const { take } = open();
    expect(take({ recipients: 3 })).toBe(true);
    expect(take({ recipients: 3 }, 't2')).toBe(true);
    expect(take({ recipients: 3 }, 't1', 's2')).toBe(true);
    expect(take({ recipients: 3 }, 's1', 't1')).toBe(true);
    expect(take({ recipients: 1 })).toBe(false);
  });

  it('remembers a spent token while it lives, and while a connection holds it', async () => {
    const { clock, take } = open();
    take({ recipients: 3, connections: 1 });
    await clock.advance(299_000);
    take({}, 'other');
    expect(take({ recipients: 1 })).toBe(false);
    await clock.advance(400_000);
    take({}, 'other');
    expect(take({ recipients: 1 })).toBe(false);
    take({ connections: -1 });
    await clock.advance(61_000);
    take({}, 'other');
    expect(take({ recipients: 3 })).toBe(true);
  });
});

describe('memoryOutcomes', () => {
  it('lets one claim an id, tells all others, and forgets in ten minutes', async () => {
    const clock = new ScriptedClock();
    const store = memoryOutcomes(clock);
    expect(store.begin('s1', 'a')).toEqual({ state: 'new' });
    expect(store.begin('s1', 'a')).toEqual({ state: 'pending' });
    await clock.advance(60_000);
    store.settle('s1', 'a', { state: 'accepted', reply: '250 OK' });
    await clock.advance(outcomeKeptMs - 1);
    expect(store.begin('s1', 'a')).toEqual({ state: 'accepted', reply: '250 OK' });
    await clock.advance(1);
    expect(store.begin('s1', 'a')).toEqual({ state: 'new' });
  });

  it('keeps a claim for as long as its session may last', async () => {
    const clock = new ScriptedClock();
    const store = memoryOutcomes(clock);
    store.begin('s1', 'a');
    await clock.advance(1_800_000);
    expect(store.begin('s1', 'a')).toEqual({ state: 'pending' });
    store.begin('s1', 'b');
    store.settle('s1', 'b', { state: 'accepted' });
    await clock.advance(outcomeKeptMs);
    expect(store.begin('s1', 'b')).toEqual({ state: 'new' });
    expect(store.begin('s1', 'a')).toEqual({ state: 'new' });
  });

  it('keeps subjects apart, and gives a claim back', () => {
    const store = memoryOutcomes(new ScriptedClock());
    store.begin('s1', 'a');
    expect(store.begin('s2', 'a')).toEqual({ state: 'new' });
    store.settle('s1', 'a', { state: 'new' });
    expect(store.begin('s1', 'a')).toEqual({ state: 'new' });
  });
});
