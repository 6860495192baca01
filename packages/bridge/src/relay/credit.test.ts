import { describe, expect, it } from 'vitest';
import { ReceiveCredit, SendCredit } from './credit.ts';

describe('SendCredit', () => {
  it('gives what is wanted, then what is left, then nothing until a grant', async () => {
    const credit = new SendCredit(100);
    expect(await credit.take(60)).toBe(60);
    expect(await credit.take(60)).toBe(40);
    let taken = 0;
    const waiting = credit.take(60).then(n => (taken = n));
    await Promise.resolve();
    expect(taken).toBe(0);
    expect(credit.grant(50)).toBe(true);
    expect(await waiting).toBe(50);
    expect(credit.available).toBe(0);
  });

  it('refuses a grant of more than was sent', () => {
    const credit = new SendCredit(100);
    expect(credit.grant(1)).toBe(false);
    expect(credit.available).toBe(100);
  });

  it('ends a wait with the reason it is closed for, and every later one', async () => {
    const credit = new SendCredit(0);
    const reason = new Error('gone');
    const waiting = credit.take(1);
    credit.close(reason);
    credit.close(new Error('later'));
    await expect(waiting).rejects.toBe(reason);
    await expect(credit.take(1)).rejects.toBe(reason);
  });
});

describe('ReceiveCredit', () => {
  it('grants again once half a window has been consumed', () => {
    const credit = new ReceiveCredit(100);
    expect(credit.receive(100)).toBe(true);
    expect(credit.consume(49)).toBe(0);
    expect(credit.consume(1)).toBe(50);
    expect(credit.consume(50)).toBe(50);
  });

  it('notices one octet too many', () => {
    const credit = new ReceiveCredit(100);
    expect(credit.receive(100)).toBe(true);
    expect(credit.receive(1)).toBe(false);
  });

  it('counts consumption, not arrival', () => {
    const credit = new ReceiveCredit(100);
    credit.receive(60);
    expect(credit.receive(60)).toBe(false);
  });

  it('never leaves both sides waiting, whatever the sizes', async () => {
    const window = 64;
    const send = new SendCredit(window);
    const receive = new ReceiveCredit(window);
    let left = 10_000;
    for (let size = 1; left > 0; size = (size % 97) + 1) {
      const sent = await send.take(Math.min(size, left));
      left -= sent;
      expect(receive.receive(sent)).toBe(true);
      const grant = receive.consume(sent);
      if (grant > 0) expect(send.grant(grant)).toBe(true);
    }
    expect(left).toBe(0);
  });
});
