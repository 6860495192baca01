import { expect, test } from 'vitest';
import { ReadBlocks } from './read-blocks.ts';

test('what is lifted stays as it was when the next read lands', () => {
  const blocks = new ReadBlocks();
  blocks.landing.fill(1);
  const lifted = [5, 65_536].map(octets => blocks.lift(octets));
  blocks.landing.fill(2);
  expect(lifted).toEqual([new Uint8Array(5).fill(1), new Uint8Array(65_536).fill(1)]);
});

test('a block that is given back is used for the next read, and for no other one', () => {
  const blocks = new ReadBlocks();
  const first = blocks.lift(40_000);
  blocks.recycle(first);
  const second = blocks.lift(50_000);
  expect(second.buffer).toBe(first.buffer);
  expect(second).toHaveLength(50_000);
  expect(blocks.lift(50_000).buffer).not.toBe(first.buffer);
});

test('a block holds nothing of what was in it before', () => {
  const blocks = new ReadBlocks();
  blocks.landing.fill(1);
  blocks.recycle(blocks.lift(65_536));
  const { buffer } = blocks.lift(40_000);
  expect(buffer.byteLength).toBe(65_536);
  expect(new Uint8Array(buffer, 40_000).some(octet => octet !== 0)).toBe(false);
});

test('few octets hold no block', () => {
  const blocks = new ReadBlocks();
  const few = blocks.lift(100);
  expect(few.buffer.byteLength).toBe(100);
  blocks.recycle(few);
  expect(blocks.lift(65_536).buffer).not.toBe(few.buffer);
});

test('a burst leaves a few blocks behind, and no more', () => {
  const blocks = new ReadBlocks();
  const burst = Array.from({ length: 100 }, () => blocks.lift(65_536));
  for (const block of burst) blocks.recycle(block);
  const again = new Set(Array.from({ length: 100 }, () => blocks.lift(65_536).buffer));
  expect(burst.filter(({ buffer }) => again.has(buffer))).toHaveLength(16);
});
