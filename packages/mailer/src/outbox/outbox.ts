import type { ComposeOptions } from '@posthaste/mime';
import { checkDkim, type DkimSigners } from '../dkim-signer.ts';
import { DeliveryError } from '../error.ts';
import type { Mailer } from '../mailer.ts';
import type { MessageInput, SendOptions } from '../message-input.ts';
import { prepare, snapshot } from '../outgoing.ts';
import type { Receipt } from '../receipt.ts';
import { checkSendOptions } from '../send-check.ts';
import { checkCompose } from '../session-check.ts';
import { sleep } from '../sleep.ts';
import type { OutboxEntry, OutboxStore } from './entry.ts';
import { type Lock, lockNamed } from './lock.ts';

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly mailer: Mailer;
  /** Name of the lock that makes one sender of many pages; default `'posthaste-outbox'`. */
  readonly lockName?: string | undefined;
  /** Milliseconds before the second attempt, doubled for each further one; default 5,000. */
  readonly delayMs?: number | undefined;
  /** Longest delay in milliseconds; default one hour. */
  readonly maxDelayMs?: number | undefined;
  readonly compose?: ComposeOptions | undefined;
  /** Signs what is added; the mailer's own `dkim` does not: what waits here is ready-made. */
  readonly dkim?: DkimSigners | undefined;
  /** Hears what came of each attempt. */
  readonly onReceipt?: ((receipt: Receipt, id: string) => void) | undefined;
}

/**
 * Messages that wait until they can be sent, in a store that outlives the page.
 *
 * A message is on record as `sending` before its first octet is handed out. One that is found so by the next sender was
 * cut off, and is parked as `unknown`, never sent again by itself.
 *
 * @example In a page
 * ```ts
 * const outbox = new Outbox({ store: indexedDbStore(), mailer });
 * await outbox.add(message); // safe now, even offline
 * void outbox.run({ signal });
 * ```
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lock: Lock;
  #lastTime = 0;
  #wake: () => void = () => {};

  constructor(options: OutboxOptions) {
    if (options.dkim !== undefined) checkDkim(options.dkim);
    checkCompose(options.compose);
    this.#options = options;
    this.#lock = lockNamed(options.lockName ?? 'posthaste-outbox');
  }

  /**
   * Composes a message and puts it on record; resolves when it is safe.
   *
   * @returns its id
   * @throws MimeError | MailerError when it is not fit to be sent
   */
  async add(
    message: MessageInput,
    options: Omit<SendOptions, 'signal' | 'onProgress' | 'allOrNothing'> = {},
  ): Promise<string> {
    const input = snapshot(message);
    checkSendOptions('add', options);
    const composer = await import('../composer.ts');
    const { compose, dkim } = this.#options;
    const outgoing = await prepare(input, options, { composer, compose, dkim });
    const content = await outgoing.bytes();
    this.#lastTime = Math.max(Date.now(), this.#lastTime + 1);
    const id = `${this.#lastTime.toString(36).padStart(9, '0')}-${crypto.randomUUID()}`;
    const { envelope, messageId } = outgoing;
    await this.#options.store.put({
      id,
      state: 'queued',
      envelope,
      ...(messageId !== undefined && { messageId }),
      content,
      attempts: 0,
      notBefore: 0,
    });
    this.#wake();
    return id;
  }

  /** What is waiting, oldest first. */
  entries(): Promise<OutboxEntry[]> {
    return this.#options.store.all();
  }

  /** Queues an entry again, one that is `unknown` or `failed` included: the recipient may get it twice. */
  async retry(id: string): Promise<void> {
    await this.#lock(async () => {
      const found = await this.#options.store.get(id);
      if (!found) return;
      const { receipt: _, ...entry } = found;
      await this.#options.store.put({ ...entry, state: 'queued', notBefore: 0 });
    });
    this.#wake();
  }

  /** Forgets an entry. */
  async discard(id: string): Promise<void> {
    await this.#lock(() => this.#options.store.delete(id));
  }

  /**
   * Sends what is due, one message after another, while no other page does; and parks what was cut off.
   *
   * @returns a receipt for each attempt
   */
  async flush({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Receipt[]> {
    return this.#lock(async () => {
      const receipts: Receipt[] = [];
      for (const { id } of await this.#options.store.all()) {
        if (signal?.aborted) break;
        const entry = await this.#options.store.get(id);
        if (entry?.state === 'sending') await this.#park(entry);
        else if (entry?.state === 'queued' && entry.notBefore <= Date.now()) {
          receipts.push(await this.#send(entry, signal));
        }
      }
      return receipts;
    }, signal);
  }

  /** Flushes now, whenever something is added, when the network is back, and when a delay is over; until aborted. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const onOnline = (): void => this.#wake();
    globalThis.addEventListener?.('online', onOnline);
    try {
      while (!signal.aborted) {
        const woken = new Promise<void>(resolve => {
          this.#wake = resolve;
        });
        await this.flush({ signal });
        const due = (await this.entries())
          .filter(({ state }) => state === 'queued')
          .map(entry => entry.notBefore);
        const rest = new AbortController();
        const waits = [woken, untilAborted(signal)];
        if (due.length > 0) waits.push(sleep(Math.max(0, Math.min(...due) - Date.now()), rest.signal));
        await Promise.race(waits).finally(() => rest.abort());
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      globalThis.removeEventListener?.('online', onOnline);
    }
  }

  async #park(entry: OutboxEntry): Promise<void> {
    await this.#options.store.put({
      ...entry,
      state: 'unknown',
      reason: 'The program ended while it was being sent',
    });
  }

  async #send(entry: OutboxEntry, signal: AbortSignal | undefined): Promise<Receipt> {
    const { store, mailer, onReceipt } = this.#options;
    const begun: OutboxEntry = { ...entry, attempts: entry.attempts + 1 };
    const raw = async function* (): AsyncGenerator<Uint8Array> {
      await store.put({ ...begun, state: 'sending' });
      yield entry.content;
    };
    const { from, to, size, body, smtputf8, ...parameters } = entry.envelope;
    const envelope = {
      from,
      to,
      ...(size !== undefined && { size }),
      ...(body && { body }),
      ...(smtputf8 !== undefined && { smtputf8 }),
    };
    const receipt = await mailer
      .send({ raw: raw(), envelope }, { ...parameters, ...(signal && { signal }) })
      .catch((error: unknown) => {
        if (error instanceof DeliveryError) return error.receipt;
        throw error;
      });
    await this.#settle(begun, receipt);
    onReceipt?.(receipt, entry.id);
    return receipt;
  }

  /** Puts on record what came of an attempt. */
  async #settle(entry: OutboxEntry, receipt: Receipt): Promise<void> {
    const { store, delayMs = 5000, maxDelayMs = 3_600_000 } = this.#options;
    const pending = receipt.recipients.filter(({ retry }) => retry).map(({ address }) => address);
    const reason =
      receipt.error instanceof Error ? receipt.error.message : `The server's answer: ${receipt.state}`;
    if (receipt.state === 'unknown') {
      // Not every store can keep an error.
      const { error: _, ...account } = receipt;
      await store.put({ ...entry, state: 'unknown', reason, receipt: account });
    } else if (pending.length > 0) {
      const delay = Math.min(maxDelayMs, delayMs * 2 ** (entry.attempts - 1));
      const envelope = { ...entry.envelope, to: pending };
      await store.put({ ...entry, state: 'queued', envelope, notBefore: Date.now() + delay, reason });
    } else if (receipt.state === 'accepted' || receipt.state === 'partial') await store.delete(entry.id);
    else await store.put({ ...entry, state: 'failed', reason });
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
