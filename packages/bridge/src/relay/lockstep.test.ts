import { describe, expect, it } from 'vitest';
import { Lockstep } from './lockstep.ts';

const octets = (text: string) => new TextEncoder().encode(text);

describe('Lockstep', () => {
  it.each([
    ['the greeting', '', '220 mx.test\r\n', 0],
    ['half a greeting', '', '220 mx.test', 1],
    ['a greeting of two lines', '', '220-mx.test\r\n220 hi\r\n', 0],
    ['a code alone', 'NOOP\r\n', '220\r\n250\r\n', 0],
    ['bare line feeds', 'NOOP\n', '220 x\n250 x\n', 0],
    ['a hyphen elsewhere', 'NOOP\r\n', '220 a-b\r\n250 -\r\n', 0],
    ['two commands, one reply', 'NOOP\r\nNOOP\r\n', '220 x\r\n250 x\r\n', 1],
    ['more than was asked for', 'STARTTLS\r\n', '220 x\r\n220 go\r\n250 injected\r\n', -1],
    ['half of what was not asked for', 'STARTTLS\r\n', '220 x\r\n220 go\r\n250 inj', 0],
  ])('%s', (_, sent, received, owed) => {
    for (const size of [1, 3, 1000]) {
      const lockstep = new Lockstep();
      for (let at = 0; at < sent.length; at += size) lockstep.sent(octets(sent.slice(at, at + size)));
      for (let at = 0; at < received.length; at += size)
        lockstep.received(octets(received.slice(at, at + size)));
      expect(lockstep.owed).toBe(owed);
    }
  });

  it('gives the turn when something is asked for, or at its release', async () => {
    const lockstep = new Lockstep();
    lockstep.received(octets('220 x\r\n'));
    const turns: string[] = [];
    const first = lockstep.turn().then(() => turns.push('first'));
    await Promise.resolve();
    expect(turns).toEqual([]);
    lockstep.sent(octets('NOOP\r\n'));
    await first;
    lockstep.received(octets('250 x\r\n'));
    const second = lockstep.turn();
    lockstep.release();
    await second;
    await lockstep.turn();
  });
});
