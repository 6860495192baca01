import type { ComposedMessage, Entity, Message } from '@posthaste/mime';
import type { Envelope } from '@posthaste/smtp-core';
import type { Progress } from './backend.ts';
import type { DkimSigners } from './dkim-signer.ts';

/** Octets that are a whole message already; line ends are normalised on the wire, nothing else is touched. */
export type RawContent =
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ComposedMessage;

/** Who a message is from and to on the wire, whatever its header says. */
export interface EnvelopeInput {
  /** Reverse-path, where bounces go; `''` for none. */
  readonly from: string;
  /** Forward-paths. */
  readonly to: string | readonly string[];
  /** Octets of the message with CRLF line ends (RFC 1870 §3). */
  readonly size?: Envelope['size'] | undefined;
  /** BODY parameter (RFC 6152, RFC 3030). */
  readonly body?: Envelope['body'] | undefined;
  /** Header fields need SMTPUTF8 (RFC 6531). */
  readonly smtputf8?: boolean | undefined;
}

/** A ready-made message. */
export interface RawMessage {
  readonly raw: RawContent;
  /** Required unless `raw` was composed here and has one. */
  readonly envelope?: EnvelopeInput | undefined;
}

/** What can be sent: a message as a person writes it, a part tree with its header, or one that is made already. */
export type MessageInput = Message | Entity | ComposedMessage | RawMessage;

/** What `send` may be told about one message. */
export interface SendOptions {
  /** Replaces the envelope that the header fields give. */
  readonly envelope?: EnvelopeInput | undefined;
  /** Delivery status notifications to ask for (RFC 3461). */
  readonly dsn?: NonNullable<Envelope['dsn']> | undefined;
  /** Every hop must use TLS, or the message comes back (RFC 8689). */
  readonly requireTls?: boolean | undefined;
  /** Deliver by then, or return: such as `'120;R'` (RFC 2852). */
  readonly deliverBy?: string | undefined;
  /** Seconds that the server shall hold the message (RFC 4865). */
  readonly holdFor?: number | undefined;
  /** Until when the server shall hold the message, an RFC 3339 date-time (RFC 4865). */
  readonly holdUntil?: string | undefined;
  /** Priority on the wire from -9 to 9 (RFC 6710). */
  readonly priority?: number | undefined;
  /** Signs this message, in place of the mailer's own signers; `false`: it goes unsigned. */
  readonly dkim?: DkimSigners | false | undefined;
  /** Deliver to every recipient or to nobody; default false: to those the server takes. */
  readonly allOrNothing?: boolean | undefined;
  /** Stops the sending; what is already out cannot be called back, and the receipt says so. */
  readonly signal?: AbortSignal | undefined;
  /** Called as the message goes out. If it throws, the message is called off before its end leaves. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}
