import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

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
  readonly certificate?: Certificate;
}

/** A scripted mail server over TCP that knows what it committed. */
export interface FaultyServer {
  readonly port: number;
  /** Contents taken responsibility for, one octet a character. */
  readonly commits: readonly string[];
  /** Replies begun, and octets said. */
  readonly replies: number;
  readonly said: number;
  /** Everything heard in the clear. */
  readonly clear: string;
  /** Settles once every client has hung up. */
  deserted(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a mail server on a free loopback port that goes wrong as told. */
export async function startFaultyServer(misbehaviour: Misbehaviour = {}): Promise<FaultyServer> {
  const record = { commits: [] as string[], replies: 0, said: 0, clear: '' };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    new Dialogue(misbehaviour, record).attach(socket).reply('220 faulty.test ESMTP');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
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
    get clear() {
      return record.clear;
    },
    async deserted() {
      await Promise.all([...sockets].map(socket => new Promise(resolve => socket.once('close', resolve))));
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface Record {
  readonly commits: string[];
  replies: number;
  said: number;
  clear: string;
}

class Dialogue {
  readonly #misbehaviour: Misbehaviour;
  readonly #record: Record;
  #socket!: Socket;
  #input = '';
  #heard = 0;
  #mailed = false;
  #to = 0;
  #chunks = '';
  #taking = false;
  #over = false;

  constructor(misbehaviour: Misbehaviour, record: Record) {
    this.#misbehaviour = misbehaviour;
    this.#record = record;
  }

  attach(socket: Socket): this {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (octets: Buffer) => {
      const { heard = Number.POSITIVE_INFINITY } = this.#misbehaviour;
      if (!(socket instanceof TLSSocket)) this.#record.clear += octets.toString('latin1');
      this.#input += octets.subarray(0, heard - this.#heard).toString('latin1');
      this.#heard += octets.length;
      while (!this.#over && this.#step());
      if (this.#heard >= heard) this.#hangUp();
    });
    return this;
  }

  /** Says a reply, or what is to be said instead; gives the code that the server goes by. */
  reply(text: string): number {
    const { instead, octets = Number.POSITIVE_INFINITY } = this.#misbehaviour;
    const disturbed = instead?.at === this.#record.replies++;
    const wanted = disturbed ? instead.text : `${text}\r\n`;
    const all = Buffer.from(wanted ?? '', 'latin1');
    const part = all.subarray(0, Math.max(0, octets - this.#record.said));
    this.#record.said += part.length;
    if (wanted === undefined || part.length < all.length) this.#hangUp(part);
    else this.#socket.write(part);
    if (disturbed && wanted === '') this.#over = true;
    const code = disturbed ? /^[2-5]\d\d(?=[ -])/.exec(wanted ?? '')?.[0] : text.slice(0, 3);
    return Number(code ?? text.slice(0, 3));
  }

  #hangUp(last: Uint8Array = new Uint8Array()): void {
    this.#over = true;
    this.#socket.end(last);
  }

  #step(): boolean {
    if (this.#taking) return this.#content();
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.slice(0, end);
    const chunk = /^BDAT (\d+)( LAST)?$/.exec(line);
    const rest = this.#input.slice(end + 2);
    if (chunk !== null) {
      const size = Number(chunk[1]);
      if (rest.length < size) return false;
      this.#input = rest.slice(size);
      this.#chunks += rest.slice(0, size);
      if (this.#to === 0) this.reply('503 RCPT first');
      else if (chunk[2] === undefined) this.reply('250 chunk');
      else this.#conclude(this.#chunks);
      return true;
    }
    this.#input = rest;
    this.#command(line);
    return true;
  }

  #command(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') {
      const lines = ['faulty.test', ...(this.#misbehaviour.extensions ?? [])];
      this.reply(lines.map((text, at) => `250${at < lines.length - 1 ? '-' : ' '}${text}`).join('\r\n'));
    } else if (verb === 'MAIL') {
      this.#to = 0;
      this.#chunks = '';
      this.#mailed = this.reply('250 sender') === 250;
    } else if (verb === 'RCPT') {
      if (!this.#mailed) this.reply('503 MAIL first');
      else if (this.reply('250 recipient') === 250) this.#to++;
    } else if (verb === 'DATA') {
      if (this.#to === 0) this.reply('503 RCPT first');
      else this.#taking = this.reply('354 go on') === 354;
    } else if (verb === 'STAR') {
      if (this.reply(`220 go on${this.#misbehaviour.injected ?? ''}`) === 220) this.#secure();
    } else if (verb === 'QUIT') {
      this.reply('221 bye');
      this.#hangUp();
    } else this.reply('250 fine');
  }

  #secure(): void {
    const { certificate } = this.#misbehaviour;
    if (certificate === undefined) throw new Error('A server that grants STARTTLS needs a certificate');
    const raw = this.#socket.removeAllListeners('data');
    this.attach(new TLSSocket(raw, { isServer: true, cert: certificate.cert, key: certificate.key }));
  }

  #content(): boolean {
    const end = this.#input.startsWith('.\r\n') ? 0 : this.#input.indexOf('\r\n.\r\n') + 2;
    if (end === 1) return false;
    const data = this.#input.slice(0, end).replace(/^\./gm, '');
    this.#input = this.#input.slice(end + 3);
    this.#taking = false;
    this.#conclude(data);
    return true;
  }

  /** Commits by what it says, whether or not that arrives. */
  #conclude(content: string): void {
    this.#mailed = false;
    this.#to = 0;
    this.#chunks = '';
    if (this.reply('250 taken') < 300) this.#record.commits.push(content);
  }
}
