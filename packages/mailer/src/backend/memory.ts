import type { Envelope } from '@posthaste/smtp-core';
import type { Backend } from '../backend.ts';

/** A message as the memory backend keeps it. */
export interface KeptMessage {
  readonly envelope: Envelope;
  readonly messageId?: string;
  /** The message as a server would have got it. */
  readonly content: Uint8Array;
}

/** A backend that keeps what it is given: for tests of the programs that send. */
export interface MemoryBackend extends Backend {
  /** What was sent, oldest first; empty it between tests with `outbox.length = 0`. */
  readonly outbox: KeptMessage[];
}

/**
 * Makes a backend that keeps messages in an array.
 *
 * @example
 * ```ts
 * const backend = memoryBackend();
 * await createMailer(backend).send(message);
 * backend.outbox.length; // 1
 * ```
 */
export function memoryBackend(): MemoryBackend {
  const outbox: KeptMessage[] = [];
  return {
    outbox,
    async send({ envelope, messageId, bytes }) {
      outbox.push({ envelope, ...(messageId !== undefined && { messageId }), content: await bytes() });
    },
  };
}
