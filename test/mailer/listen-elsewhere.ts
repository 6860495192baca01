// Stands in for `@posthaste/bridge/listen` where a runtime cannot listen: the desk on Node does it, and the handlers run here.
import type { Connect } from '@posthaste/bridge';
import type { Listener, ListenOptions } from '@posthaste/bridge/listen';
import { relayConnect } from '@posthaste/bridge/websocket';
import { inject } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from './wire.ts';

export type { Listener, ListenOptions };

type Handle = (question: unknown) => unknown;

/** The way to a listener, where a page has none of its own. */
interface Reached {
  readonly connect?: Connect;
}

export async function listen({ handler, signal, server, mode }: ListenOptions): Promise<Listener & Reached> {
  const desk = inject('listeningDesk');
  const socket = new WebSocket(`${desk}/listen`);
  // What a handler says after its session has ended, nobody hears; not every runtime lets it be said.
  const tell = (frame: Frame) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame(frame));
  };
  const answer = async ({ id, event, question }: Extract<Frame, { type: 'ask' }>): Promise<void> => {
    try {
      const handle = handler[event as keyof typeof handler] as Handle;
      tell({ type: 'answer', id, answer: await handle.call(handler, question) });
    } catch (error) {
      tell({ type: 'answer', id, thrown: String(error) });
    }
  };
  const closed = new Promise(resolve => socket.addEventListener('close', resolve, { once: true }));
  const { port, token } = await new Promise<Extract<Frame, { type: 'listening' }>>((resolve, reject) => {
    const machine = typeof server === 'function' ? server() : server;
    socket.addEventListener('open', () =>
      tell({ type: 'listen', options: { server: machine, mode }, events: Object.keys(handler) }),
    );
    socket.addEventListener('error', () => reject(new Error('The desk cannot be reached')));
    socket.addEventListener('message', ({ data }) => {
      const frame = decodeFrame(String(data));
      if (frame.type === 'listening') resolve(frame);
      else if (frame.type === 'failed') reject(new Error(frame.message));
      else if (frame.type === 'ask') void answer(frame);
    });
  });
  const tellOver = () => tell({ type: 'close' });
  const close = async (): Promise<void> => {
    tellOver();
    await closed;
  };
  signal?.addEventListener('abort', tellOver);
  return {
    hostname: '127.0.0.1',
    port,
    ...(isPage && { connect: relayConnect({ url: `${desk}/relay/${port}`, token }) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A page has no sockets and goes through a relay. */
const isPage = 'document' in globalThis;
