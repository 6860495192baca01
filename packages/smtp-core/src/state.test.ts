import { expect, test } from 'vitest';
import type { Phase } from './action.ts';
import { move, TRANSITIONS, triggerOf } from './state.ts';

const phases = Object.keys(TRANSITIONS) as Phase[];

test('every edge leads to a phase of the table, or out of it', () => {
  const ends = Object.values(TRANSITIONS).flatMap(row => Object.values(row).flatMap(to => to.split(' ')));
  for (const end of ends) expect([...phases, 'closed']).toContain(end);
});

test('every phase but the greeting is led to', () => {
  const ends = Object.values(TRANSITIONS).flatMap(row => Object.values(row).flatMap(to => to.split(' ')));
  expect(phases.filter(phase => !ends.includes(phase))).toEqual(['greeting']);
});

test('there is no way but those of the table', () => {
  expect(move('greeting', '220', 'hello')).toBe('hello');
  expect(() => move('greeting', '220', 'mail')).toThrow('greeting 220 mail');
  expect(() => move('greeting', '2yz', 'hello')).toThrow();
  expect(() => move('closed', '220', 'hello')).toThrow();
});

test.each<[Phase, number, string | undefined]>([
  ['greeting', 220, '220'],
  ['greeting', 250, undefined],
  ['mail', 299, '2yz'],
  ['mail', 354, undefined],
  ['mail', 199, undefined],
  ['data', 354, '354'],
  ['data', 353, undefined],
  ['final', 499, 'refused'],
  ['quit', 354, 'any'],
  ['command', 199, 'any'],
])('in %s a %i is %s (RFC 5321 §4.2.1)', (phase, code, trigger) => {
  expect(triggerOf(phase, code)).toBe(trigger);
});
