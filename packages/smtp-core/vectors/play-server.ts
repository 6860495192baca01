import { SmtpServer } from '../src/server.ts';
import type { Question } from '../src/server-action.ts';
import type { ServerOptions } from '../src/server-options.ts';

/** What a host answers: a refusal, a challenge, or yes with a text. */
export type Answer =
  | readonly [code: number, text: string, enhanced?: `5.${number}.${number}`]
  | { challenge: string }
  | string;

/** A conversation as a client sees it: what it says, and the codes it hears. */
export interface ServerDialogue {
  readonly title: string;
  readonly source: string;
  readonly options?: Partial<ServerOptions>;
  readonly answer?: (question: Question) => Answer | undefined;
  /** Makes an `answer` that keeps state. */
  readonly host?: () => NonNullable<ServerDialogue['answer']>;
  /** Client octets (null ends the connection, `'tls'` reports the upgrade), and the codes of all replies to them. */
  readonly turns: readonly (readonly [client: string | null, codes: string])[];
  /** Content, resets and the rest, as the host hears of it. */
  readonly events?: readonly string[];
}

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
export const decode = (octets: Uint8Array): string => new TextDecoder().decode(octets);

/** Codes of the replies in a stream, a multi-line reply counted once. */
export const codesOf = (stream: string): string =>
  stream
    .split('\r\n')
    .filter(line => /^\d{3}(?: |$)/.test(line))
    .map(line => line.slice(0, 3))
    .join(' ');

/** A server and a host that obeys its actions and writes down what it saw. */
export class Host {
  readonly server: SmtpServer;
  readonly events: string[] = [];
  written = '';
  state = '';
  readonly #answer: ServerDialogue['answer'];

  constructor(options: Partial<ServerOptions> = {}, answer?: ServerDialogue['answer']) {
    this.server = new SmtpServer({ serverName: 's.test', ...options });
    this.#answer = answer;
    this.run();
  }

  /** Obeys until the machine waits. */
  run(): void {
    for (;;) {
      const action = this.server.poll();
      if (action.type === 'write') this.written += decode(action.data);
      else if (action.type === 'ask') this.#reply(action.question);
      else if (action.type === 'event') this.#hear(action.event);
      else {
        this.state = action.type;
        return;
      }
    }
  }

  say(octets: string | Uint8Array | null): string {
    this.written = '';
    this.server.receive(typeof octets === 'string' ? encode(octets) : octets);
    this.run();
    return this.written;
  }

  #reply(question: Question): void {
    const answer = this.#answer?.(question);
    if (question.type === 'message') this.#note('message', `${question.recipient ?? ''} ${question.octets}`);
    if (answer === undefined || typeof answer === 'string') this.server.accept(answer);
    else if ('challenge' in answer) this.server.challenge(encode(answer.challenge));
    else this.server.reject(...answer);
  }

  #hear(event: { readonly type: string; readonly data?: Uint8Array; readonly reason?: string }): void {
    if (event.type === 'command' || event.type === 'reply') return;
    if (event.type !== 'content') this.#note(event.type, event.reason ?? '');
    else if (this.events.at(-1)?.startsWith('content '))
      this.events.push(`${this.events.pop()}${decode(event.data!)}`);
    else this.#note('content', decode(event.data!));
  }

  #note(type: string, text: string): void {
    this.events.push(text === '' ? type : `${type} ${text}`);
  }
}

/** How the octets of a turn arrive. */
export type Segmentation = (octets: Uint8Array) => Uint8Array[];

/** Plays a dialogue; gives the codes of each turn and the events. */
export function play(
  dialogue: ServerDialogue,
  cut: Segmentation,
  pollBetween: boolean,
): { codes: string[]; events: string[] } {
  const host = new Host(dialogue.options, dialogue.host?.() ?? dialogue.answer);
  const codes = dialogue.turns.map(([client]) => {
    host.written = '';
    if (client === 'tls') host.server.tlsStarted();
    else if (client === null) host.server.receive(null);
    else
      for (const segment of cut(encode(client))) {
        host.server.receive(segment);
        if (pollBetween) host.run();
      }
    host.run();
    return codesOf(host.written);
  });
  return { codes, events: host.events };
}
