import { Deadline, within } from './deadline.ts';
import { type Duplex, duplexOf } from './duplex.ts';
import type { Socket, SocketInfo } from './socket.ts';

/** Held octets that are worth a write of their own. */
const groupOctets = 65_536;
/** How long the peer's last words are waited for after a write failed, in milliseconds. */
const lastReadMs = 1000;
/** How long a closing socket may take, in milliseconds; on Workers it may never settle. */
const closeMs = 1000;

/** What a wire tells the loop that owns it. */
export interface WireListener {
  /** Octets from the peer; `null` is their end. */
  onRead(octets: Uint8Array | null): void;
  /** The socket took everything that was handed to it. */
  onWritten(): void;
  /** The socket broke. */
  onFailure(error: unknown): void;
}

/**
 * The two directions of a socket under one loop: octets leave in groups, at most one read is outstanding, and what the
 * peer said before a write failed is heard before the failure.
 */
export class Wire {
  #socket: Socket;
  #duplex: Duplex;
  readonly #listener: WireListener;
  #held: Uint8Array[] = [];
  #heldOctets = 0;
  #pendingWrites = 0;
  #reading = false;
  #ended = false;
  #closed = false;
  #failed = false;
  #written: Promise<void> = Promise.resolve();
  #writeFailure: { readonly error: unknown } | undefined;
  #lastRead: Deadline | undefined;

  constructor(socket: Socket, listener: WireListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#duplex = duplexOf(socket);
  }

  /** The socket has yet to take what was flushed. */
  get busy(): boolean {
    return this.#pendingWrites > 0;
  }

  /** Keeps octets for the next flush; much of it is flushed at once. */
  hold(octets: Uint8Array): void {
    this.#held.push(octets);
    this.#heldOctets += octets.length;
    if (this.#heldOctets >= groupOctets) this.flush();
  }

  /** Hands everything held to the socket, in one write if it is small. */
  flush(): void {
    if (this.#heldOctets === 0 || this.#closed) return;
    const held = this.#held;
    const group =
      held.length === 1 || this.#heldOctets > 2 * groupOctets ? held : [join(held, this.#heldOctets)];
    this.#held = [];
    this.#heldOctets = 0;
    if (this.#writeFailure !== undefined) return;
    for (const octets of group) {
      this.#pendingWrites += 1;
      this.#written = this.#duplex.write(octets).then(this.#onWritten, this.#onWriteFailure);
    }
  }

  /** Asks for the peer's next octets, unless they are asked for already. */
  read(): void {
    if (this.#reading || this.#ended || this.#closed) return;
    this.#reading = true;
    this.#duplex.read().then(this.#onRead, this.#onReadFailure);
  }

  /**
   * Upgrades to TLS. Nothing may be held, busy or being read.
   *
   * @throws {ConnectError} Why TLS failed; `undefined` comes back when it took longer than `ms` milliseconds.
   */
  async upgrade(ms: number): Promise<SocketInfo | undefined> {
    this.#duplex.release();
    this.#socket = this.#socket.startTls();
    this.#duplex = duplexOf(this.#socket);
    return within(this.#socket.opened, ms);
  }

  /**
   * Closes the socket; settles in two seconds at most, and never fails. The last octets may leave first, unless the
   * socket has not even taken those before them.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    const stuck = this.busy;
    if (!stuck) this.flush();
    this.#closed = true;
    this.#lastRead?.clear();
    if (this.busy && !stuck) await within(this.#written, closeMs);
    if (this.busy) this.#duplex.abort(undefined);
    await within(this.#socket.close(), closeMs).catch(() => {});
  }

  readonly #onRead = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
    this.#reading = false;
    this.#ended ||= done;
    if (!this.#closed) this.#listener.onRead(done ? null : value);
    if (this.#writeFailure !== undefined) this.#fail(this.#writeFailure.error);
  };

  readonly #onReadFailure = (error: unknown): void => {
    this.#reading = false;
    this.#ended = true;
    this.#fail(this.#writeFailure === undefined ? error : this.#writeFailure.error);
  };

  readonly #onWritten = (): void => {
    this.#pendingWrites -= 1;
    if (this.#pendingWrites === 0 && !this.#closed) this.#listener.onWritten();
  };

  readonly #onWriteFailure = (error: unknown): void => {
    this.#pendingWrites -= 1;
    if (this.#closed || this.#writeFailure !== undefined) return;
    this.#writeFailure = { error };
    // The reason is usually in the receive buffer already: a 421 or 552 sent before the peer hung up.
    this.read();
    if (this.#reading) {
      this.#lastRead = new Deadline();
      this.#lastRead.arm(this, lastReadMs, () => this.#fail(error));
    } else this.#fail(error);
  };

  #fail(error: unknown): void {
    if (this.#closed || this.#failed) return;
    this.#failed = true;
    this.#lastRead?.clear();
    this.#listener.onFailure(error);
  }
}

function join(pieces: readonly Uint8Array[], octets: number): Uint8Array {
  const joined = new Uint8Array(octets);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
