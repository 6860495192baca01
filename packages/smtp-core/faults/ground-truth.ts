import { type AuthFault, authenticate } from './auth-peer.ts';
import type { ReplyFault } from './reply-fault.ts';

/** How a peer behaves when nothing goes wrong. */
export interface Profile {
  /** EHLO lines behind the name. */
  readonly extensions?: readonly string[];
  /** Refuses EHLO, so that the client says HELO. */
  readonly noEhlo?: true;
  /** Codes for recipients other than 250. */
  readonly recipients?: Readonly<Record<string, number>>;
  readonly mail?: number;
  readonly data?: number;
  /** Codes of the replies to complete messages, in order; 250 when they run out. */
  readonly finals?: readonly number[];
  readonly lmtp?: true;
  /** How AUTH goes wrong. */
  readonly auth?: AuthFault;
}

/** A message that the peer took responsibility for. */
export interface Commit {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
}

/** Says what happens to the reply with this number. */
export type Disturb = (index: number, label: string) => ReplyFault | undefined;

/**
 * An SMTP server that remembers what it committed: written over strings, sharing nothing with the machines under
 * test, and obedient to whoever wants it to misbehave.
 */
export class GroundTruth {
  readonly commits: Commit[] = [];
  /** Labels of the replies so far. */
  readonly replies: string[] = [];
  output = '';
  closed = false;
  /** STARTTLS was answered with 220. */
  upgrading = false;
  readonly #profile: Profile;
  readonly #disturb: Disturb;
  #input = '';
  #mode: 'command' | 'data' | 'auth' = 'command';
  #from: string | undefined;
  #to: string[] = [];
  #chunks: string | undefined;
  #messages = 0;
  #mute = false;
  #auth: Generator<string, number, string> | undefined;

  constructor(profile: Profile, disturb: Disturb) {
    this.#profile = profile;
    this.#disturb = disturb;
  }

  /** The connection is there. */
  greet(): void {
    this.#reply('greeting', 220, 'ESMTP');
  }

  /** Takes what the client wrote, one octet a character. */
  feed(text: string): void {
    this.#input += text;
    while (!this.closed && !this.#mute && !this.upgrading && this.#step());
  }

  /** The upgrade succeeded. */
  secure(): void {
    this.upgrading = false;
    this.#input = '';
    this.#reset();
  }

  /** Sends a reply, or what the fault makes of it; gives the code that the peer itself goes by. */
  #reply(label: string, code: number, text: string): number {
    const fault = this.#disturb(this.replies.push(label) - 1, label);
    const lines = text.split('\n');
    const reply = lines.map((line, i) => `${code}${i < lines.length - 1 ? '-' : ' '}${line}\r\n`).join('');
    this.output += fault === undefined ? reply : fault.write(reply);
    if (fault?.close) this.closed = true;
    if (fault?.mute) this.#mute = true;
    return fault?.code ?? code;
  }

  #step(): boolean {
    if (this.#mode === 'data') return this.#content();
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.slice(0, end);
    this.#input = this.#input.slice(end + 2);
    if (this.#mode === 'auth') this.#authenticate(line);
    else if (/^BDAT /i.test(line)) return this.#chunk(line);
    else this.#command(line);
    return true;
  }

  #command(line: string): void {
    const verb = line.split(' ')[0]!.toUpperCase();
    const path = /<(.*?)>/.exec(line)?.[1] ?? '';
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        this.#reset();
        if (this.#profile.noEhlo) this.#reply('hello', 500, 'What?');
        else this.#reply('hello', 250, ['peer.test', ...(this.#profile.extensions ?? [])].join('\n'));
        return;
      case 'HELO':
        this.#reset();
        this.#reply('hello', 250, 'peer.test');
        return;
      case 'STARTTLS':
        this.upgrading = this.#reply('starttls', 220, 'go ahead') === 220;
        return;
      case 'AUTH':
        this.#auth = authenticate(line, this.#profile.auth);
        this.#continue(this.#auth.next());
        return;
      case 'MAIL':
        if (this.#reply('mail', this.#profile.mail ?? 250, 'sender') === 250) this.#from = path;
        return;
      case 'RCPT':
        if (this.#from === undefined) this.#reply('rcpt', 503, 'MAIL first');
        else if (this.#reply('rcpt', this.#profile.recipients?.[path] ?? 250, 'recipient') === 250)
          this.#to.push(path);
        return;
      case 'DATA':
        if (this.#to.length === 0) this.#reply('data', 503, 'RCPT first');
        else if (this.#reply('data', this.#profile.data ?? 354, 'go on') === 354) this.#mode = 'data';
        return;
      case 'RSET':
        this.#reset();
        this.#reply('rset', 250, 'reset');
        return;
      case 'QUIT':
        this.#reply('quit', 221, 'bye');
        this.closed = true;
        return;
      case 'XCLIENT':
        this.#reset();
        this.#reply('xclient', 220, 'ESMTP');
        return;
      default:
        this.#reply('command', verb === 'PROXY' ? 500 : 250, 'fine');
    }
  }

  #content(): boolean {
    const end = this.#input.startsWith('.\r\n') ? 0 : this.#input.indexOf('\r\n.\r\n') + 2;
    if (end === 1) return false;
    const data = this.#input.slice(0, end).replace(/^\./gm, '');
    this.#input = this.#input.slice(end + 3);
    this.#mode = 'command';
    this.#conclude(data);
    return true;
  }

  #chunk(line: string): boolean {
    const [, size = '0', last] = /^BDAT (\d+)( LAST)?$/i.exec(line)!;
    if (this.#input.length < Number(size)) {
      this.#input = `${line}\r\n${this.#input}`;
      return false;
    }
    const octets = this.#input.slice(0, Number(size));
    this.#input = this.#input.slice(Number(size));
    if (this.#to.length === 0) {
      this.#reply('bdat', 503, 'RCPT first');
    } else if (last) {
      this.#conclude((this.#chunks ?? '') + octets);
    } else if (
      this.#reply('bdat', this.#profile.data === undefined ? 250 : this.#profile.data, 'chunk') === 250
    ) {
      this.#chunks = (this.#chunks ?? '') + octets;
    } else {
      this.#reset();
    }
    return true;
  }

  /** Commits before it says so: a reply that is lost was still given. */
  #conclude(data: string): void {
    const code = this.#profile.finals?.[this.#messages++] ?? 250;
    const [from, to] = [this.#from!, this.#to];
    this.#reset();
    const commit = (recipients: string[]) => this.commits.push({ from, to: recipients, data });
    if (!this.#profile.lmtp) {
      if (this.#reply('final', code, 'message') < 300) commit(to);
      return;
    }
    for (const [i, recipient] of to.entries()) {
      const each = this.#profile.finals?.[i] ?? 250;
      if (!this.closed && !this.#mute && this.#reply('final', each, recipient) < 300) commit([recipient]);
    }
  }

  #reset(): void {
    this.#from = undefined;
    this.#to = [];
    this.#chunks = undefined;
    this.#mode = 'command';
  }

  #authenticate(line: string): void {
    this.#mode = 'command';
    if (line === '*') this.#reply('auth', 501, 'cancelled');
    else this.#continue(this.#auth!.next(line));
  }

  #continue(step: IteratorResult<string, number>): void {
    if (step.done) this.#reply('auth', step.value, 'login');
    else if (this.#reply('auth', 334, step.value) === 334) this.#mode = 'auth';
  }
}
