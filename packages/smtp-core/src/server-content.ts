import { ContentReceiver, DEADLINE_OCTETS } from './content-receiver.ts';
import { type ChunkHeader, readChunkHeader } from './mail-command.ts';
import { offeredExtensions } from './server-options.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';
import type { ServerSession } from './server-session.ts';

/** The content of a message on its way into a server: DATA, BDAT, and the replies at the end (RFC 5321 §4.1.1.4). */
export class ServerContent {
  readonly #session: ServerSession;
  /** The content of the message in progress; with BDAT it outlives the chunk. */
  #receiver: ContentReceiver | undefined;
  #whenDone: (() => void) | undefined;
  #sinceDeadline = 0;

  constructor(session: ServerSession) {
    this.#session = session;
  }

  /** Octets of content are awaited instead of a command. */
  get active(): boolean {
    return this.#whenDone !== undefined;
  }

  /** Serves DATA, or says why not. */
  data(argument: string): Refusal | undefined {
    const session = this.#session;
    const refusal =
      session.outOfSequence('DATA') ??
      (session.transaction!.binary ? REFUSALS.binaryNeedsChunks : undefined) ??
      (argument === '' ? undefined : REFUSALS.noArgument);
    if (refusal !== undefined) return refusal;
    session.ask({
      question: { type: 'data', verb: 'DATA' },
      accept: text => {
        session.reply(354, text ?? 'End data with <CR><LF>.<CR><LF>');
        const receiver = new ContentReceiver('DATA', session.settings.maxMessageOctets);
        this.#receive(receiver, () => this.#conclude(receiver, 'DATA'));
      },
      reject: (code, text, enhanced) => session.reply(code, text, enhanced),
    });
    return undefined;
  }

  /** Serves BDAT, or says why not; the octets of a refused chunk are consumed, or they would be taken for commands. */
  bdat(argument: string): Refusal | undefined {
    const session = this.#session;
    const chunk = readChunkHeader(argument);
    if (chunk === undefined) return REFUSALS.argumentSyntax;
    // Nobody sends that many octets, and what follows cannot be told from commands.
    if (!Number.isSafeInteger(chunk.octets)) return REFUSALS.chunkSize;
    const offered = offeredExtensions(session.settings, session.secure).has('CHUNKING');
    const refusal = offered
      ? (session.outOfSequence('BDAT') ?? (session.extended ? undefined : REFUSALS.extendedHelloFirst))
      : REFUSALS.notImplemented;
    if (refusal !== undefined) this.#discard(chunk, refusal);
    else if (session.state === 'chunking') this.#chunk(chunk, this.#receiver!);
    else this.#ask(chunk);
    return undefined;
  }

  #ask(chunk: ChunkHeader): void {
    const session = this.#session;
    const receiver = new ContentReceiver('BDAT', session.settings.maxMessageOctets);
    session.ask({
      question: { type: 'data', verb: 'BDAT' },
      accept: () => this.#chunk(chunk, receiver),
      reject: (code, text, enhanced) => this.#chunk(chunk, receiver, { code, text, enhanced }),
    });
  }

  /** Takes what has arrived; false when more octets are needed. */
  step(): boolean {
    const session = this.#session;
    const { content, used, done } = this.#receiver!.push(session.input.pending);
    session.input.skip(used);
    if (content.length > 0) session.outbox.event({ type: 'content', data: content });
    this.#sinceDeadline += used;
    if (done || this.#sinceDeadline >= DEADLINE_OCTETS) {
      session.waitId++;
      this.#sinceDeadline = 0;
    }
    if (!done) return false;
    const whenDone = this.#whenDone!;
    this.#whenDone = undefined;
    whenDone();
    return true;
  }

  #receive(receiver: ContentReceiver, whenDone: () => void): void {
    this.#receiver = receiver;
    this.#whenDone = whenDone;
    this.#sinceDeadline = 0;
  }

  #discard({ octets }: ChunkHeader, refusal: Refusal): void {
    const receiver = new ContentReceiver('BDAT', 0);
    receiver.expect(octets, refusal);
    this.#receive(receiver, () => this.#session.refuse(refusal));
  }

  #chunk({ octets, last }: ChunkHeader, receiver: ContentReceiver, refused?: Refusal): void {
    const session = this.#session;
    receiver.expect(octets, refused);
    this.#receive(receiver, () => {
      if (last) {
        this.#conclude(receiver, 'BDAT LAST');
      } else if (receiver.refusal === undefined) {
        session.move('BDAT');
        session.reply(250, `${octets} octets received`, '2.0.0');
      } else {
        session.abandon();
        session.move('BDAT REFUSED');
        session.decline(receiver.refusal);
      }
    });
  }

  /** The message is complete: it is refused, or the host is asked, once for each recipient under LMTP. */
  #conclude(receiver: ContentReceiver, verb: 'DATA' | 'BDAT LAST'): void {
    const session = this.#session;
    const { recipients } = session.transaction!;
    const answers = session.settings.lmtp ? recipients : [undefined];
    const { refusal, octets } = receiver;
    if (refusal !== undefined) {
      session.abandon();
      session.move(verb);
      for (const _ of answers) session.decline(refusal);
      return;
    }
    const askFrom = (index: number): void => {
      if (index === answers.length) {
        session.transaction = undefined;
        session.move(verb);
        return;
      }
      const recipient = answers[index];
      session.outbox.flush();
      session.ask({
        question: { type: 'message', octets, ...(recipient === undefined ? {} : { recipient }) },
        accept: text => {
          session.forgive();
          session.reply(250, text ?? 'Message accepted', '2.0.0');
          askFrom(index + 1);
        },
        reject: (code, text, enhanced) => {
          session.reply(code, text, enhanced);
          askFrom(index + 1);
        },
      });
    };
    askFrom(0);
  }
}
