import type { EsmtpParameters, Question } from '@posthaste/smtp-core';
import { ContentPipe } from './content-pipe.ts';
import type {
  Answer,
  ReceivedEnvelope,
  Refusal,
  ServeHandler,
  ServeSession,
  Verdict,
} from './serve-handler.ts';

const nobodyTakesMail: Refusal = { code: 554, text: 'No mail is taken here', enhanced: '5.3.2' };
const nobodySignsIn: Refusal = { code: 535, text: 'Authentication credentials invalid', enhanced: '5.7.8' };

const isAcceptance = (verdict: Verdict): boolean => typeof verdict !== 'object';

interface Recipient {
  readonly to: string;
  readonly parameters: EsmtpParameters;
}

/** The transaction that a server session is receiving: its envelope, its content, and who decides about them. */
export class Reception {
  readonly #handler: ServeHandler;
  readonly #session: ServeSession;
  readonly #onRoom: () => void;
  #from: { readonly from: string; readonly parameters: EsmtpParameters } | undefined;
  #recipients: Recipient[] = [];
  #chunks: Uint8Array[] = [];
  #pipe: ContentPipe | undefined;
  /** What `onContent` will say. */
  #streamed: Promise<Verdict> | undefined;

  /** @param onRoom Called when content can be taken again. */
  constructor(handler: ServeHandler, session: ServeSession, onRoom: () => void) {
    this.#handler = handler;
    this.#session = session;
    this.#onRoom = onRoom;
  }

  /** The handler reads more slowly than the client sends. */
  get full(): boolean {
    return this.#pipe?.full === true;
  }

  push(octets: Uint8Array): void {
    if (this.#pipe !== undefined) this.#pipe.push(octets);
    else this.#chunks.push(octets);
  }

  /** The transaction is void, or over. */
  reset(): void {
    this.#pipe?.fail(new Error('The client gave the message up before its end'));
    this.#pipe = undefined;
    this.#streamed = undefined;
    this.#from = undefined;
    this.#recipients = [];
    this.#chunks = [];
  }

  /** The handler's answer to a question of the machine. */
  async decide(question: Question): Promise<Answer> {
    const handler = this.#handler;
    switch (question.type) {
      case 'hello':
        return handler.onHello?.(question, this.#session);
      case 'auth':
        return handler.onAuth === undefined ? nobodySignsIn : handler.onAuth(question, this.#session);
      case 'mail': {
        const verdict = await handler.onMail?.(question, this.#session);
        if (isAcceptance(verdict)) {
          this.reset();
          this.#from = question;
        }
        return verdict;
      }
      case 'rcpt': {
        const verdict = await handler.onRcpt?.({ ...question, from: this.#from!.from }, this.#session);
        if (isAcceptance(verdict)) this.#recipients.push(question);
        return verdict;
      }
      case 'data':
        return this.#begin();
      case 'message':
        return this.#complete(question.recipient);
      case 'verify':
        return handler.onVerify?.(question, this.#session);
    }
  }

  get #envelope(): ReceivedEnvelope {
    return {
      from: this.#from!.from,
      parameters: this.#from!.parameters,
      to: this.#recipients.map(recipient => recipient.to),
      recipientParameters: this.#recipients.map(recipient => recipient.parameters),
    };
  }

  async #begin(): Promise<Verdict> {
    const { onContent, onMessage } = this.#handler;
    if (onContent === undefined && onMessage === undefined) return nobodyTakesMail;
    const verdict = await this.#handler.onData?.(this.#envelope, this.#session);
    if (!isAcceptance(verdict) || onContent === undefined) return verdict;
    const pipe = new ContentPipe(this.#onRoom);
    this.#pipe = pipe;
    this.#streamed = (async () => {
      try {
        const message = { envelope: this.#envelope, content: pipe, session: this.#session };
        return await this.#handler.onContent!(message);
      } finally {
        pipe.abandon();
      }
    })();
    // Asked for when the content is complete; until then a failure is nobody's.
    this.#streamed.catch(() => {});
    return verdict;
  }

  async #complete(recipient: string | undefined): Promise<Verdict> {
    if (this.#streamed !== undefined) {
      this.#pipe?.end();
      return this.#streamed;
    }
    const content = this.#gather();
    // Without a recipient the question is asked once, and the octets are the handler's alone.
    if (recipient === undefined) this.#chunks = [];
    return this.#handler.onMessage!({
      envelope: this.#envelope,
      content,
      session: this.#session,
      ...(recipient !== undefined && { recipient }),
    });
  }

  #gather(): Uint8Array {
    if (this.#chunks.length === 1) return this.#chunks[0]!;
    const gathered = new Uint8Array(this.#chunks.reduce((octets, chunk) => octets + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      gathered.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [gathered];
    return gathered;
  }
}
