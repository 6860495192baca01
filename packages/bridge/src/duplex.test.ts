import { expect, test } from 'vitest';
import { duplexOf } from './duplex.ts';
import { DuplexSocket } from './duplex-socket.ts';
import type { Socket, SocketInfo } from './socket.ts';

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Gives back what is written to it. */
class EchoSocket extends DuplexSocket {
  readonly opened: Promise<SocketInfo> = Promise.resolve({});
  readonly closed: Promise<void> = Promise.resolve();
  readonly upgraded = false;
  readonly secureTransport = 'off';
  aborted: unknown;
  #held: Uint8Array[] = [];

  async read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    const value = this.#held.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  async write(data: Uint8Array): Promise<void> {
    this.#held.push(data);
  }

  async end(): Promise<void> {}

  abort(reason: unknown): void {
    this.aborted = reason;
  }

  startTls(): Socket {
    return new EchoSocket();
  }

  async close(): Promise<void> {}
}

test('a socket that needs no streams is taken as it is', async () => {
  const socket = new EchoSocket();
  expect(duplexOf(socket)).toBe(socket);
});

test('its streams carry the same octets, and their end', async () => {
  const socket = new EchoSocket();
  const writer = socket.writable.getWriter();
  await writer.write(octets('one'));
  await writer.close();
  const seen: string[] = [];
  for await (const chunk of socket.readable) seen.push(new TextDecoder().decode(chunk));
  expect(seen).toEqual(['one']);
});

test('aborting or cancelling a stream aborts the socket', async () => {
  const written = new EchoSocket();
  await written.writable.abort('enough');
  expect(written.aborted).toBe('enough');
  const read = new EchoSocket();
  await read.readable.cancel('enough');
  expect(read.aborted).toBe('enough');
});

test('a socket whose streams somebody has is used through them', async () => {
  const socket = new EchoSocket();
  const { readable } = socket;
  const duplex = duplexOf(socket);
  expect(readable.locked).toBe(true);
  expect(socket.writable.locked).toBe(true);
  await duplex.write(octets('one'));
  expect(await duplex.read()).toEqual({ done: false, value: octets('one') });
  duplex.release();
  expect(readable.locked).toBe(false);
});

test('what stands in front of a socket is not passed by', async () => {
  const counted: number[] = [];
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      counted.push(chunk.length);
      controller.enqueue(chunk);
    },
  });
  const socket = new EchoSocket();
  counting.readable.pipeTo(socket.writable);
  const stand = new Proxy(socket, {
    get(target, name) {
      if (name === 'writable') return counting.writable;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const duplex = duplexOf(stand);
  await duplex.write(octets('seen'));
  expect((await duplex.read()).value).toEqual(octets('seen'));
  expect(counted).toEqual([4]);
});
