import type { ConnectionProgress, TransactionOutcome } from '@posthaste/bridge';
import type { Envelope } from '@posthaste/smtp-core';
import type { Receipt } from './receipt.ts';

/** A message ready to leave: octets that will not change any more, and where they go. */
export interface Outgoing {
  /** Who it is from and to, and what is asked of the server (RFC 5321 §2.3.1). */
  readonly envelope: Envelope;
  /** Message-ID with its angle brackets, where known. */
  readonly messageId?: string;
  /** Octets, where known. */
  readonly size?: number;
  /** The content can be read more than once. */
  readonly replayable: boolean;
  /** The whole message in one piece. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The message piece by piece. */
  stream(): ReadableStream<Uint8Array>;
}

/** What a backend is told beside the message. */
export interface DeliveryOptions {
  /** Deliver to every recipient or to nobody; default false. */
  readonly allOrNothing?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far a message has come. */
export type Progress = ConnectionProgress;

/**
 * Where messages go: an SMTP server, a folder, an HTTP API.
 *
 * `send` returns a receipt, or nothing to say that everyone was served; it throws when nobody was.
 *
 * @example An HTTP provider that takes raw MIME
 * ```ts
 * const backend: Backend = {
 *   async send(message, { signal } = {}) {
 *     const response = await fetch('https://api.example.com/messages', {
 *       method: 'POST',
 *       headers: { authorization: `Bearer ${key}`, 'content-type': 'message/rfc822' },
 *       body: await message.bytes(),
 *       signal: signal ?? null,
 *     });
 *     if (!response.ok) throw new Error(`Look up HTTP ${response.status} in the provider's documentation`);
 *   },
 * };
 * const mailer = createMailer(backend);
 * ```
 */
export interface Backend {
  /** Makes ready and proves that it can: connects, signs in, opens the folder. */
  open?(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  // biome-ignore lint/suspicious/noConfusingVoidType: a backend with nothing to tell returns nothing
  send(message: Outgoing, options?: DeliveryOptions): Promise<Receipt | void>;
  /** Tells what became of a message, by the `transaction` of its receipt. */
  ask?(
    transaction: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<TransactionOutcome>;
  /** Messages that it is worth handing over at a time; default 1. */
  readonly concurrency?: number;
  /** Keeps connections open until the returned function is called, although nothing is being sent. */
  hold?(): () => void;
  close?(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** Whether a value has the one method that makes a backend. */
export function isBackend(value: object): value is Backend {
  return 'send' in value && typeof value.send === 'function';
}
