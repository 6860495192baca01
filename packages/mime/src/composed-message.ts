import { type ReadyPiece, writeArena } from './arena.ts';
import { chunksOfPieces } from './chunk.ts';
import { refuse } from './error.ts';
import { measure } from './measure.ts';
import { isStreamed, type Piece } from './piece.ts';

/** Who a message is from and to, as the server is told it (RFC 5321 §2.3.1). */
export interface Envelope {
  /** Reverse-path: the sender, else the first author. */
  readonly from: string;
  /** Forward-paths of `to`, `cc` and `bcc`, each once. */
  readonly to: readonly string[];
  /** What the body needs, where that is more than 7bit (RFC 6152, RFC 3030). */
  readonly body?: '8bit' | 'binary';
  /** Present where an address or a header, also that of a part or of a message inside, is not ASCII (RFC 6531). */
  readonly smtputf8?: true;
}

/**
 * A message that has been checked and laid out; nothing in it can be refused any more but the octets of streams.
 *
 * Every reading gives the same octets. Do not change octets that were given as content before it has been sent.
 */
export class ComposedMessage implements AsyncIterable<Uint8Array> {
  readonly envelope: Envelope;
  /** With angle brackets. */
  readonly messageId: string;
  /** Octets; undefined where a stream does not tell its length. */
  readonly size: number | undefined;
  /** Whether the message can be read again; a one-way stream in it can not. */
  readonly replayable: boolean;
  /** What is written, in order. */
  readonly pieces: readonly Piece[];
  /** Levels of multipart and message inside. */
  readonly height: number;
  #read = false;

  constructor(envelope: Envelope, messageId: string, pieces: readonly Piece[], height: number) {
    this.envelope = envelope;
    this.messageId = messageId;
    this.pieces = pieces;
    this.height = height;
    this.size = measure(pieces);
    this.replayable = pieces.every(piece => !isStreamed(piece) || piece.replayable);
  }

  /**
   * Reads the message as one array.
   *
   * @throws MimeError `already-read` the second time, where a stream is part of the message
   * @throws MimeError `invalid-content` where a stream fails
   */
  async bytes(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Uint8Array<ArrayBuffer>> {
    options.signal?.throwIfAborted();
    this.#begin();
    if (!this.pieces.some(isStreamed)) return writeArena(this.pieces as readonly ReadyPiece[]);
    // Octets of a known number go to their place at once, so that a large file is held once.
    const arena = new Uint8Array(this.size ?? 0);
    const chunks: Uint8Array[] = [];
    let octets = 0;
    for await (const chunk of chunksOfPieces(this.pieces, options.signal)) {
      if (this.size === undefined) chunks.push(chunk);
      else arena.set(chunk, octets);
      octets += chunk.length;
    }
    return this.size === undefined ? writeArena(chunks) : arena;
  }

  /** Reads the message as a web stream, which reads its sources no faster than it is read itself. */
  stream(options: { readonly signal?: AbortSignal | undefined } = {}): ReadableStream<Uint8Array> {
    const chunks = this.chunks(options);
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await chunks.return(undefined)),
      },
      { highWaterMark: 0 },
    );
  }

  /** Reads the message chunk by chunk. */
  chunks(options: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<Uint8Array> {
    this.#begin();
    return chunksOfPieces(this.pieces, options.signal);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.chunks();
  }

  #begin(): void {
    if (this.#read && !this.replayable)
      refuse('already-read', 'content', 'Compose again: a stream has been read');
    this.#read = true;
  }
}
