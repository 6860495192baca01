import { describe, expect, test } from 'vitest';
import type { Socket } from '../socket.ts';
import { memoryConnect, memoryPair } from './memory.ts';

const encode = (text: string) => new TextEncoder().encode(text);

async function write(socket: Socket, text: string): Promise<void> {
  const writer = socket.writable.getWriter();
  await writer.write(encode(text));
  writer.releaseLock();
}

async function read(socket: Socket): Promise<string | undefined> {
  const reader = socket.readable.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return value && new TextDecoder().decode(value);
}

describe('memory', () => {
  test('what one end writes, the other reads, both ways', async () => {
    const [one, other] = memoryPair();
    await Promise.all([write(one, 'forth'), write(other, 'back')]);
    expect([await read(one), await read(other)]).toEqual(['back', 'forth']);
  });

  test('a closed end is the end of the other, behind what was written', async () => {
    const [one, other] = memoryPair();
    await write(one, 'last');
    await one.close();
    await one.closed;
    expect([await read(other), await read(other)]).toEqual(['last', undefined]);
    await expect(write(other, 'x')).rejects.toThrow();
  });

  test('TLS begins when both ends have asked for it', async () => {
    const [one, other] = memoryPair();
    const upgraded = one.startTls();
    let open = false;
    const opening = upgraded.opened.then(() => {
      open = true;
    });
    await write(other, 'still plain');
    expect(open).toBe(false);
    const peer = other.startTls();
    await opening;
    expect([upgraded.secureTransport, upgraded.upgraded, peer.secureTransport]).toEqual(['on', true, 'on']);
    expect(() => one.startTls()).toThrow(TypeError);
  });

  test('a writer waits for a reader that does not read', async () => {
    const [one] = memoryPair();
    const writer = one.writable.getWriter();
    let taken = 0;
    for (; taken < 100; taken++) {
      const late = new Promise<'late'>(resolve => setTimeout(() => resolve('late'), 20));
      if ((await Promise.race([writer.write(new Uint8Array(65_536)), late])) === 'late') break;
    }
    expect(taken).toBeLessThan(5);
    writer.closed.catch(() => {});
    await one.close();
  });

  test('memoryConnect hands each other end to who accepts', async () => {
    const accepted: [Socket, string][] = [];
    const connect = memoryConnect((socket, { hostname }) => accepted.push([socket, hostname]));
    const client = connect({ hostname: 'mx.test', port: 25 }, { secureTransport: 'on' });
    expect(accepted).toMatchObject([[{ secureTransport: 'on' }, 'mx.test']]);
    await write(accepted[0]![0], '220');
    expect(await read(client)).toBe('220');
  });
});
