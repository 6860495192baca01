import { abortable } from './abortable.ts';
import { MailerError } from './error.ts';

/** What a pool needs to know of the connections it keeps. */
export interface Poolable {
  /** More work can be given to it. */
  readonly usable: boolean;
  /** Says goodbye and closes. */
  quit(): Promise<void>;
  /** Closes at once. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Connections at a time. */
  readonly connections: number;
  /** Pieces of work after which a connection is replaced. */
  readonly usesPerConnection: number;
  /** Pieces of work on one connection at a time: the next one's commands ride behind the last one's content. */
  readonly depth: number;
  /** Milliseconds that an unused connection is kept. */
  readonly idleMs: number;
}

interface Slot<C> {
  readonly opening: Promise<C>;
  readonly abandon: AbortController;
  connection: C | undefined;
  /** Pieces of work on it now. */
  active: number;
  /** Pieces of work it was ever given. */
  uses: number;
  /** It gets no more work. */
  spent: boolean;
  /** It is being closed. */
  retired: boolean;
  idleTimer: ReturnType<typeof setTimeout> | undefined;
}

/** Connections that are opened when there is work, shared, replaced when they break, and closed when there is none. */
export class Pool<C extends Poolable> {
  readonly #open: (signal: AbortSignal) => Promise<C>;
  readonly #options: PoolOptions;
  readonly #slots: Set<Slot<C>> = new Set();
  readonly #waiting: Set<(slot: Slot<C>) => void> = new Set();
  readonly #farewells: Set<Promise<void>> = new Set();
  #holds = 0;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(open: (signal: AbortSignal) => Promise<C>, options: PoolOptions) {
    this.#open = open;
    this.#options = options;
  }

  /**
   * Runs `work` on a connection, opening one if need be; in the order of asking.
   *
   * @throws what `work` or opening throws, the signal's reason, or MailerError `closed`
   */
  async use<T>(work: (connection: C) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closed) throw new MailerError('closed', 'Create a new mailer: this one was closed');
    const slot = this.#take() ?? (await this.#wait(signal));
    try {
      return await work(await abortable(slot.opening, signal));
    } finally {
      this.#release(slot);
    }
  }

  /** Keeps unused connections open until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (held) this.#holds--;
      held = false;
      if (this.#holds === 0) for (const slot of this.#slots) if (slot.active === 0) this.#rest(slot);
    };
  }

  /** Lets running and waiting work finish, then closes every connection; an abort closes them at once. */
  async close(signal?: AbortSignal): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots) if (slot.active === 0) this.#retire(slot);
    const drained = new Promise<void>(resolve => {
      this.#drained = resolve;
      if (this.#slots.size === 0) resolve();
    });
    try {
      await abortable(drained, signal);
      await abortable(Promise.all(this.#farewells), signal);
    } catch {
      const open = [...this.#slots];
      for (const slot of open) slot.abandon.abort(signal?.reason);
      await Promise.allSettled(open.map(slot => slot.connection?.close()));
    }
  }

  /** A place on a connection right now: an unused one, else a new one, else the least busy. */
  #take(): Slot<C> | undefined {
    let best: Slot<C> | undefined;
    for (const slot of this.#slots) {
      if (!this.#hasRoom(slot)) continue;
      if (best === undefined || slot.active < best.active) best = slot;
    }
    if ((best === undefined || best.active > 0) && this.#slots.size < this.#options.connections) {
      best = this.#start();
    }
    if (best) this.#occupy(best);
    return best;
  }

  #hasRoom(slot: Slot<C>): boolean {
    if (slot.connection && !slot.connection.usable) slot.spent = true;
    return !slot.spent && slot.active < this.#options.depth;
  }

  #occupy(slot: Slot<C>): void {
    clearTimeout(slot.idleTimer);
    slot.active++;
    slot.uses++;
    if (slot.uses >= this.#options.usesPerConnection) slot.spent = true;
  }

  #start(): Slot<C> {
    const abandon = new AbortController();
    const slot: Slot<C> = {
      opening: this.#open(abandon.signal),
      abandon,
      connection: undefined,
      active: 0,
      uses: 0,
      spent: false,
      retired: false,
      idleTimer: undefined,
    };
    this.#slots.add(slot);
    slot.opening.then(
      connection => {
        slot.connection = connection;
      },
      () => {
        slot.spent = true;
      },
    );
    return slot;
  }

  #wait(signal: AbortSignal | undefined): Promise<Slot<C>> {
    return new Promise((resolve, reject) => {
      const grant = (slot: Slot<C>): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve(slot);
      };
      const onAbort = (): void => {
        this.#waiting.delete(grant);
        reject(signal?.reason);
      };
      this.#waiting.add(grant);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #release(slot: Slot<C>): void {
    slot.active--;
    if (slot.connection && !slot.connection.usable) slot.spent = true;
    if (slot.active === 0 && slot.spent) this.#retire(slot);
    this.#serveWaiting();
    if (slot.active === 0 && !slot.spent) this.#rest(slot);
  }

  #serveWaiting(): void {
    for (const grant of this.#waiting) {
      const slot = this.#take();
      if (slot === undefined) return;
      this.#waiting.delete(grant);
      grant(slot);
    }
  }

  #rest(slot: Slot<C>): void {
    clearTimeout(slot.idleTimer);
    if (this.#closed || (this.#holds === 0 && this.#options.idleMs === 0)) this.#retire(slot);
    else if (this.#holds === 0) slot.idleTimer = setTimeout(() => this.#retire(slot), this.#options.idleMs);
  }

  /** Its place is free only after the goodbye: servers count connections too. */
  #retire(slot: Slot<C>): void {
    if (slot.retired) return;
    clearTimeout(slot.idleTimer);
    slot.spent = true;
    slot.retired = true;
    const gone = (): void => {
      this.#slots.delete(slot);
      this.#farewells.delete(farewell);
      this.#serveWaiting();
      if (this.#closed && this.#slots.size === 0) this.#drained?.();
    };
    const farewell: Promise<void> = this.#dismiss(slot).then(gone, gone);
    this.#farewells.add(farewell);
  }

  async #dismiss(slot: Slot<C>): Promise<void> {
    if (slot.connection === undefined) {
      slot.abandon.abort(new MailerError('closed', 'Nobody waits for this connection any more'));
      await slot.opening.then(connection => connection.close());
    } else if (slot.connection.usable) await slot.connection.quit();
    else await slot.connection.close();
  }
}
