import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Misbehaviour } from './faulty-server.ts';

/** What a faulty server said and heard, over all its connections. */
export interface FaultyRecord {
  readonly commits: string[];
  replies: number;
  said: number;
  heard: number;
  clear: string;
}

/** One connection of a faulty server. */
export class FaultyDialogue {
  readonly #misbehaviour: Misbehaviour;
  readonly #record: FaultyRecord;
  #socket!: Socket;
  #input = '';
  #heard = 0;
  #mailed = false;
  #to = 0;
  #chunks = '';
  #taking = false;
  #over = false;
  /** Responses that the sign-in still waits for. */
  #rounds = 0;
  /** Settles once everything that dribbles has left. */
  #uttered: Promise<unknown> | undefined;

  constructor(misbehaviour: Misbehaviour, record: FaultyRecord) {
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
      this.#record.heard += octets.length;
      while (!this.#over && this.#step());
      if (this.#heard >= heard) this.#hangUp();
    });
    return this;
  }

  interject(text: string): void {
    this.#socket.write(text);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says a reply, or what is to be said instead; gives the code that the server goes by. */
  reply(text: string): number {
    const { instead, octets = Number.POSITIVE_INFINITY, watch } = this.#misbehaviour;
    const at = this.#record.replies++;
    watch?.(at, 'due', text);
    const disturbed = instead?.at === at;
    const wanted = disturbed ? instead.text : `${text}\r\n`;
    const all = Buffer.from(wanted ?? '', 'latin1');
    const part = all.subarray(0, Math.max(0, octets - this.#record.said));
    this.#record.said += part.length;
    if (wanted === undefined || part.length < all.length) this.#hangUp(part);
    else this.#say(part);
    watch?.(at, 'said', text);
    if (disturbed && wanted === '') this.#over = true;
    const code = disturbed ? /^[2-5]\d\d(?=[ -])/.exec(wanted ?? '')?.[0] : text.slice(0, 3);
    return Number(code ?? text.slice(0, 3));
  }

  #say(octets: Uint8Array): void {
    const socket = this.#socket;
    if (!this.#misbehaviour.dribbles) return void socket.write(octets);
    for (const octet of octets) {
      this.#uttered = (this.#uttered ?? turn())
        .then(() => turn())
        .then(() => socket.write(Uint8Array.of(octet)));
    }
  }

  #hangUp(last: Uint8Array = new Uint8Array()): void {
    this.#over = true;
    this.#say(last);
    if (this.#uttered === undefined) this.#socket.end();
    else this.#uttered.then(() => this.#socket.end());
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
    if (this.#rounds > 0) {
      this.#rounds = line === '*' ? 0 : this.#rounds - 1;
      if (line === '*') this.reply('501 cancelled');
      else this.reply(this.#rounds > 0 ? '334 UGFzc3dvcmQ6' : '235 welcome');
    } else if (line === 'AUTH LOGIN') {
      this.#rounds = this.reply('334 VXNlcm5hbWU6') === 334 ? 2 : 0;
    } else if (verb === 'EHLO') {
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
      if (this.reply(`220 go on${this.#misbehaviour.injected ?? ''}`) === 220) this.secure();
    } else if (verb === 'QUIT') {
      this.reply('221 bye');
      this.#hangUp();
    } else this.reply(`250 ${line}`);
  }

  /** Speaks TLS from here on. */
  async secure(): Promise<void> {
    const { certificate } = this.#misbehaviour;
    const raw = this.#socket.removeAllListeners('data');
    if (this.#uttered !== undefined) await this.#uttered;
    if (certificate === undefined) return void raw.resume();
    const encrypted = new TLSSocket(raw, { isServer: true, cert: certificate.cert, key: certificate.key });
    // What is to be said under TLS that never comes about would keep the socket for good.
    encrypted.on('end', () => raw.destroy());
    this.attach(encrypted);
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
