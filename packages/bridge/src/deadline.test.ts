import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from './deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['later', 100, 300],
  ['sooner', 300, 100],
])('what is awaited next has its own time, also when that is up %s', (_, first, next) => {
  const deadline = new Deadline();
  const expired: string[] = [];
  deadline.arm(1, first, () => expired.push('first'));
  deadline.arm(2, next, () => expired.push('next'));
  vi.advanceTimersByTime(next - 1);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual(['next']);
  vi.advanceTimersByTime(1000);
  expect(expired).toEqual(['next']);
  expect(vi.getTimerCount()).toBe(0);
});

test('the same wait again gets no more time', () => {
  const deadline = new Deadline();
  let expired = false;
  const expire = () => {
    expired = true;
  };
  deadline.arm(1, 100, expire);
  vi.advanceTimersByTime(60);
  deadline.arm(1, 100, expire);
  vi.advanceTimersByTime(40);
  expect(expired).toBe(true);
});

test('while nothing is awaited nothing expires, and what comes then has all its time', () => {
  const deadline = new Deadline();
  let expired = false;
  deadline.arm(1, 100, () => {
    throw new Error('It is not awaited any more');
  });
  deadline.rest();
  vi.advanceTimersByTime(60);
  deadline.arm(1, 100, () => {
    expired = true;
  });
  vi.advanceTimersByTime(99);
  expect(expired).toBe(false);
  vi.advanceTimersByTime(1);
  expect(expired).toBe(true);
});

test('a time beyond what a timer takes is waited for', () => {
  const deadline = new Deadline();
  const month = 31 * 86_400_000;
  let expired = false;
  deadline.arm(1, month, () => {
    expired = true;
  });
  vi.advanceTimersByTime(month - 1);
  expect(expired).toBe(false);
  vi.advanceTimersByTime(1);
  expect(expired).toBe(true);
});

test('a time without end is waited for', () => {
  const deadline = new Deadline();
  let expired = false;
  deadline.arm(1, Infinity, () => {
    expired = true;
  });
  vi.advanceTimersByTime(100 * 86_400_000);
  expect(expired).toBe(false);
  deadline.clear();
  expect(vi.getTimerCount()).toBe(0);
});

test('clearing leaves no timer behind', () => {
  const deadline = new Deadline();
  deadline.arm(1, 100, () => {});
  deadline.rest();
  deadline.clear();
  expect(vi.getTimerCount()).toBe(0);
});
