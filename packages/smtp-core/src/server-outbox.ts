import { formatReply, type Reply } from './reply.ts';
import type { ServerAction, ServerEvent } from './server-action.ts';

/** Replies to one group of commands leave together, but not later than this many characters (RFC 2920 §3.2). */
const MAX_HELD_CHARACTERS = 16_384;

/** What a server machine has decided and its host has not fetched yet. */
export class ServerOutbox {
  #actions: ServerAction[] = [];
  #held = '';

  /** Tells the host. */
  event(event: ServerEvent): void {
    this.#actions.push({ type: 'event', event });
  }

  /** Answers the client; the reply is held until the machine has to wait. */
  reply(reply: Reply, redacted?: string): void {
    const text = formatReply(reply);
    this.#held += text;
    this.event({ type: 'reply', text: redacted ?? text.trimEnd() });
    if (this.#held.length > MAX_HELD_CHARACTERS) this.flush();
  }

  /** Makes one write of the replies held. */
  flush(): void {
    if (this.#held === '') return;
    this.#actions.push({ type: 'write', data: new TextEncoder().encode(this.#held) });
    this.#held = '';
  }

  /** Forgets what was not fetched: nobody is there to read it. */
  clear(): void {
    this.#actions = [];
    this.#held = '';
  }

  next(): ServerAction | undefined {
    return this.#actions.shift();
  }
}
