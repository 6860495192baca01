import type { Receipt } from './receipt.ts';

/** What went wrong, for a `switch`: everything this package itself refuses. */
export type MailerErrorCode =
  /** An option or setting with a name nobody knows. */
  | 'unknown-option'
  /** An option or setting whose value cannot be meant. */
  | 'invalid-option'
  /** A server address that is no `smtp:` or `smtps:` URL. */
  | 'invalid-url'
  /** A message, or a field of it, that is not what its type says. */
  | 'invalid-message'
  /** Nobody to write to. */
  | 'no-recipients'
  /** No sender: neither the message nor the settings name one. */
  | 'no-sender'
  /** A provider that is not in the table. */
  | 'unknown-provider'
  /** An alias that `mailers` does not have. */
  | 'unknown-mailer'
  /** This runtime cannot do that. */
  | 'unsupported'
  /** The mailer was closed before the message could go. */
  | 'closed'
  /** A file to attach or to write could not be opened, read or written. */
  | 'file'
  /** A function that was passed in threw; see `cause`. */
  | 'callback';

/** A refusal by this package, before or beside any conversation with a server. */
export class MailerError extends Error {
  override readonly name: string = 'MailerError';
  readonly code: MailerErrorCode | DeliveryErrorCode;
  /** What to do about it, where that is known. */
  declare readonly advice?: string;

  constructor(
    code: MailerErrorCode | DeliveryErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly advice?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options.advice !== undefined) this.advice = options.advice;
  }

  /** What `JSON.stringify` writes: what an error says, its message included. */
  toJSON(): object {
    return { ...this, name: this.name, message: this.message };
  }
}

/** How a delivery failed: refused, perhaps taken, or never begun. */
export type DeliveryErrorCode = 'rejected' | 'unknown' | 'not-sent';

/**
 * A message that nobody accepted, or of which nobody knows; `receipt` tells what became of each recipient.
 *
 * `cause` is the server's or the socket's error, or the abort reason.
 */
export class DeliveryError extends MailerError {
  override readonly name: string = 'DeliveryError';
  override readonly code: DeliveryErrorCode;
  readonly receipt: Receipt;

  constructor(
    code: DeliveryErrorCode,
    message: string,
    options: { readonly receipt: Receipt; readonly cause?: unknown; readonly advice?: string },
  ) {
    super(code, message, options);
    this.code = code;
    this.receipt = options.receipt;
  }

  /** Sending the same message again is safe and may succeed. */
  get temporary(): boolean {
    return this.receipt.recipients.some(recipient => recipient.retry);
  }
}
