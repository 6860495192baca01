import { expect, it } from 'vitest';
import { relayTestBed } from '../../fixture/relay-set-up.ts';
import { DuplexSocket } from '../duplex-socket.ts';
import type { Socket, SocketInfo } from '../socket.ts';
import type { Sent } from './websocket.ts';

/** A mail server's octets, and what was given back of them. */
class LendingSocket extends DuplexSocket {
  readonly opened: Promise<SocketInfo> = Promise.resolve({});
  readonly closed: Promise<void> = new Promise(() => {});
  readonly upgraded = false;
  readonly secureTransport = 'off';
  readonly recycled: Uint8Array[] = [];
  readonly #octets: Uint8Array[];

  constructor(octets: Uint8Array[]) {
    super();
    this.#octets = [...octets];
  }

  read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    const value = this.#octets.shift();
    return value === undefined ? new Promise(() => {}) : Promise.resolve({ done: false, value });
  }

  override recycle(octets: Uint8Array): void {
    this.recycled.push(octets);
  }

  async write(): Promise<void> {}

  async end(): Promise<void> {}

  abort(): void {}

  startTls(): Socket {
    throw new TypeError('There is no TLS here');
  }

  async close(): Promise<void> {}
}

it('gives memory back when the WebSocket is done with all of it, and not when that failed', async () => {
  const given: Uint8Array[] = [1, 2, 3].map(octet => new Uint8Array(100_000).fill(octet));
  const socket = new LendingSocket(given);
  const bed = relayTestBed({ connect: () => socket });
  const browser = bed.join();
  const webSocket = bed.lastWebSocket();
  const send = webSocket.send.bind(webSocket);
  const done: (Sent | undefined)[] = [];
  webSocket.send = (data, sent) => {
    if (typeof data !== 'string') done.push(sent);
    send(data);
  };
  browser.consuming = false;
  browser.open(await bed.mint(), 'raw');
  await browser.octets(262_144);
  browser.consume();
  await browser.octets(300_000);
  expect(socket.recycled).toEqual([]);
  const whole = done.filter(sent => sent !== undefined);
  expect(whole).toHaveLength(given.length);
  whole[0]!();
  whole[1]!(new Error('The WebSocket is gone'));
  whole[2]!(null);
  expect(socket.recycled.map(octets => given.indexOf(octets))).toEqual([0, 2]);
  browser.hangUp();
});
