import type { Connection, ConnectionProgress } from '@posthaste/bridge';
import type { Envelope, SendResult } from '@posthaste/smtp-core';
import type { Poolable } from './pool.ts';
import { sleep } from './sleep.ts';

/** How long a server may take to answer QUIT before the connection is closed all the same, in milliseconds. */
const farewellMs = 5000;

/** A connection as the pool and the backend see it. */
export class PooledConnection implements Poolable {
  readonly #connection: Connection;
  readonly #makeTransactionId: () => string;

  constructor(connection: Connection, makeTransactionId: () => string) {
    this.#connection = connection;
    this.#makeTransactionId = makeTransactionId;
  }

  get usable(): boolean {
    return this.#connection.open;
  }

  /** A fresh name for one message, where the connection goes through a relay that takes names. */
  newTransaction(): string | undefined {
    return this.#connection.namesTransactions ? this.#makeTransactionId() : undefined;
  }

  async send(
    envelope: Envelope,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    {
      signal,
      onProgress,
      transaction,
    }: {
      readonly signal: AbortSignal | undefined;
      readonly onProgress: ((progress: ConnectionProgress) => void) | undefined;
      readonly transaction: string | undefined;
    },
  ): Promise<SendResult> {
    return this.#connection.sendRaw(envelope, content, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
      ...(transaction !== undefined && { transaction }),
    });
  }

  async quit(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      this.#connection.quit().catch(() => {}),
      sleep(farewellMs, patience.signal).catch(() => {}),
    ]);
    patience.abort();
    await this.#connection.close();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
