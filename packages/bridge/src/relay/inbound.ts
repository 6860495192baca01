import type { ClientControl } from './protocol.ts';

/** A control whose place among the octets matters. */
export type Marker = Extract<ClientControl, { t: 'starttls' | 'txn' }>;
/** What the browser sent, in its order; `null` is the end of its octets. */
export type Inbound = Uint8Array | Marker | null;

/** Messages that find others waiting are gathered in blocks of this many octets: a flood costs no more than its octets. */
const blockOctets = 16_384;
/** Markers that may wait; a client needs one before each transaction. */
const maxMarkers = 64;

/** What has arrived and not been taken; bounded by the credit for octets and a limit for markers. */
export class InboundQueue {
  readonly #items: Inbound[] = [];
  /** The last item, while it has room. */
  #block: Uint8Array | undefined;
  #filled = 0;
  #markers = 0;
  #ended = false;
  /** Whoever waits for the next item. */
  #waiting: ((item: Inbound) => void) | undefined;

  /** True once `end()` was called: nothing more may come. */
  get ended(): boolean {
    return this.#ended;
  }

  octets(data: Uint8Array): void {
    if (this.#block !== undefined && this.#filled + data.length <= blockOctets) {
      this.#block.set(data, this.#filled);
      this.#filled += data.length;
    } else if (this.#items.length === 0 || data.length > blockOctets / 2) {
      this.#push(data);
    } else {
      const block = new Uint8Array(blockOctets);
      block.set(data);
      this.#push(block);
      this.#block = block;
      this.#filled = data.length;
    }
  }

  /** False when too many wait already. */
  marker(marker: Marker): boolean {
    if (this.#markers === maxMarkers) return false;
    this.#markers += 1;
    this.#push(marker);
    return true;
  }

  /** Ends after what waits. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Drops what waits, and ends. */
  abandon(): void {
    this.#items.length = 0;
    this.#block = undefined;
    this.end();
  }

  /** Takes the next item, waiting for one if there is none; one caller at a time. After the end it is always `null`. */
  take(): Inbound | Promise<Inbound> {
    if (this.#items.length > 0 || this.#ended) return this.#next();
    return new Promise(resolve => {
      this.#waiting = resolve;
    });
  }

  #next(): Inbound {
    const item = this.#items.shift() ?? null;
    if (item instanceof Uint8Array) return this.#whole(item);
    if (item !== null) this.#markers -= 1;
    return item;
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    waiting(this.#next());
  }

  #push(item: Inbound): void {
    // What follows a block ends it: the rest of it was never filled.
    if (this.#block !== undefined) this.#items.push(this.#whole(this.#items.pop() as Uint8Array));
    this.#items.push(item);
    this.#wake();
  }

  #whole(item: Uint8Array): Uint8Array {
    if (item !== this.#block) return item;
    this.#block = undefined;
    return item.subarray(0, this.#filled);
  }
}
