import { describe, expect, it } from 'vitest';
import { InboundQueue } from './inbound.ts';

/** Octets that can be told apart, `from` the first of them. */
const run = (from: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => ((from + i) % 251) + 1);

async function drain(queue: InboundQueue): Promise<Uint8Array[]> {
  const taken: Uint8Array[] = [];
  for (let item = await queue.take(); item !== null; item = await queue.take()) {
    if (item instanceof Uint8Array) taken.push(item);
  }
  return taken;
}

const total = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

describe('InboundQueue', () => {
  it.each([
    ['small ones', [10, 20, 30, 40]],
    ['a large one behind gathered ones', [9000, 100, 200, 60_000]],
    ['gathered ones between large ones', [60_000, 100, 200, 60_000, 1, 2, 60_000]],
    ['more small ones than a block holds', Array<number>(100).fill(700)],
  ])('gives every octet that waited and no other: %s', async (_, lengths) => {
    const queue = new InboundQueue();
    let at = 0;
    for (const length of lengths) {
      queue.octets(run(at, length));
      at += length;
    }
    queue.end();
    const taken = await drain(queue);
    expect(total(taken)).toBe(at);
    expect(Buffer.concat(taken).equals(run(0, at))).toBe(true);
  });

  it('keeps markers between the octets they came between', async () => {
    const queue = new InboundQueue();
    queue.octets(run(0, 9000));
    queue.octets(run(9000, 5));
    queue.marker({ t: 'starttls' });
    queue.octets(run(9005, 5));
    queue.end();
    expect(await queue.take()).toEqual(run(0, 9000));
    expect(await queue.take()).toEqual(run(9000, 5));
    expect(await queue.take()).toEqual({ t: 'starttls' });
    expect(await queue.take()).toEqual(run(9005, 5));
    expect(await queue.take()).toBeNull();
  });
});
