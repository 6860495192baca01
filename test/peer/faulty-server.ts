import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import { FaultyDialogue } from './faulty-dialogue.ts';

/** How a mail server misbehaves, and what it can do. */
export interface Misbehaviour {
  /** EHLO lines behind the name. */
  readonly extensions?: readonly string[];
  /** Hangs up once it has said this many octets. */
  readonly octets?: number;
  /** Hangs up once it has heard this many octets. */
  readonly heard?: number;
  /** What it says instead of its reply with this number; `undefined` hangs up, '' is silence for good. */
  readonly instead?: { readonly at: number; readonly text: string | undefined };
  /** What follows its answer to STARTTLS in the clear. */
  readonly injected?: string;
  /** Without one it grants TLS and then says nothing. */
  readonly certificate?: Certificate;
  /** TLS from the first octet. */
  readonly implicit?: boolean;
  /** Says its replies octet by octet, and lets the world turn between them. */
  readonly dribbles?: boolean;
  /** Hears that the reply with this number is due, and then that it was handed to the socket. */
  readonly watch?: (reply: number, moment: 'due' | 'said', text: string) => void;
}

/** A scripted mail server over TCP that knows what it committed. */
export interface FaultyServer {
  readonly port: number;
  /** Contents taken responsibility for, one octet a character. */
  readonly commits: readonly string[];
  /** Replies begun, and octets said. */
  readonly replies: number;
  readonly said: number;
  /** Octets heard, under TLS or not. */
  readonly heard: number;
  /** Everything heard in the clear. */
  readonly clear: string;
  /** Says this to everybody, out of turn. */
  interject(text: string): void;
  /** Reads no further, or reads on; on every connection there is. */
  pause(): void;
  resume(): void;
  /** Hangs up on everybody without a word. */
  dropAll(): void;
  /** Settles once every client has hung up. */
  deserted(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a mail server on a free loopback port that goes wrong as told. */
export async function startFaultyServer(misbehaviour: Misbehaviour = {}): Promise<FaultyServer> {
  const record = { commits: [] as string[], replies: 0, said: 0, heard: 0, clear: '' };
  const dialogues = new Map<Socket, FaultyDialogue>();
  const server = createServer({ noDelay: true }, socket => {
    const dialogue = new FaultyDialogue(misbehaviour, record);
    dialogues.set(socket, dialogue);
    socket.on('close', () => dialogues.delete(socket));
    dialogue.attach(socket);
    if (misbehaviour.implicit) dialogue.secure();
    dialogue.reply('220 faulty.test ESMTP');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const dropAll = () => {
    for (const socket of dialogues.keys()) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get commits() {
      return record.commits;
    },
    get replies() {
      return record.replies;
    },
    get said() {
      return record.said;
    },
    get heard() {
      return record.heard;
    },
    get clear() {
      return record.clear;
    },
    interject(text) {
      for (const dialogue of dialogues.values()) dialogue.interject(text);
    },
    pause() {
      for (const dialogue of dialogues.values()) dialogue.pause();
    },
    resume() {
      for (const dialogue of dialogues.values()) dialogue.resume();
    },
    dropAll,
    async deserted() {
      await Promise.all(
        [...dialogues.keys()].map(socket => new Promise(resolve => socket.once('close', resolve))),
      );
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        dropAll();
      }),
  };
}
