import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import type { StoredMessage, StoreEvent } from './message-store.ts';

function message(id: string, octets = 1): StoredMessage {
  const summary = {
    id,
    from: 'a@example.org',
    to: ['b@example.net'],
    subject: id,
    date: '2026-11-21T04:00:00.000Z',
  };
  return {
    summary: { ...summary, snippet: '', octets, attachments: 0, secure: false },
    raw: new Uint8Array(octets),
    session: [],
  };
}

describe('MemoryStore', () => {
  it('lists the newest first', () => {
    const store = new MemoryStore();
    for (const id of ['1', '2', '3']) store.add(message(id));
    expect(store.list().map(summary => summary.id)).toEqual(['3', '2', '1']);
  });

  it.each([
    ['too many messages', { messages: 2, octets: 1000 }, [1, 1, 1, 1], ['4', '3'], 2],
    ['too many octets', { messages: 10, octets: 100 }, [40, 40, 40], ['3', '2'], 1],
    ['one message larger than all of it', { messages: 10, octets: 100 }, [40, 500], ['2'], 1],
  ])('lets the oldest go: %s', (_, retention, sizes, left, evicted) => {
    const store = new MemoryStore(retention);
    const told: StoreEvent[] = [];
    store.watch(event => told.push(event));
    sizes.forEach((octets, i) => {
      store.add(message(String(i + 1), octets));
    });
    expect(store.list().map(summary => summary.id)).toEqual(left);
    expect(store.evicted).toBe(evicted);
    expect(store.raw('1')).toBeUndefined();
    const last = told.filter(event => event.type === 'evicted').at(-1);
    expect(last).toMatchObject({ total: evicted });
  });

  it('counts octets anew after it was cleared', () => {
    const store = new MemoryStore({ messages: 10, octets: 100 });
    store.add(message('1', 90));
    store.clear();
    store.add(message('2', 90));
    expect(store.list()).toHaveLength(1);
    expect(store.evicted).toBe(0);
  });

  it('tells nobody who has stopped watching', () => {
    const store = new MemoryStore();
    const told: StoreEvent[] = [];
    store.watch(event => told.push(event))();
    store.add(message('1'));
    expect(told).toEqual([]);
  });
});
