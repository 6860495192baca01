import type { BodyPart } from './body-part.ts';
import type { ComposedMessage } from './composed-message.ts';
import type { ListFields } from './list-field.ts';
import type { Priority } from './priority.ts';

/** A person or a box: display name and addr-spec (RFC 5322 §3.4). */
export interface Mailbox {
  readonly name?: string | undefined;
  readonly address: string;
}

/** A named list of mailboxes (RFC 5322 §3.4). */
export interface Group {
  readonly group: string;
  readonly members: readonly (string | Mailbox)[];
}

/** One mailbox or group; a string holds exactly one mailbox, `'ann@example.org'` or `'Ann <ann@example.org>'`. */
export type Address = string | Mailbox | Group;
export type AddressList = Address | readonly Address[];

/** Content-Transfer-Encoding, or `auto` for the one that fits; `none` writes octets that are encoded already. */
export type EncodingChoice = 'auto' | 'none' | '7bit' | '8bit' | 'binary' | 'quoted-printable' | 'base64';

/** What a body part holds. Never a path or a URL: whoever may write one could read files and reach hosts. */
export type Content =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ComposedMessage;

/** Text with more to say about it than its characters. */
export interface TextContent {
  /** A string, written as UTF-8, or octets in `charset`, which pass through unchanged. */
  readonly content: string | Uint8Array;
  /** Charset of the octets, such as `gb2312`; UTF-8 for a string. */
  readonly charset?: string | undefined;
  readonly encoding?: EncodingChoice | undefined;
  /**
   * Declares plain text `format=flowed` (RFC 3676): a line that ends in a space continues on the next. In a string, a
   * line that begins with a space gets the one more that readers take away; octets come as they are to be written.
   */
  readonly flowed?: boolean | undefined;
}

/** An invitation (RFC 5546), written as the last alternative. */
export interface Calendar {
  /** iTIP method, such as `REQUEST`. */
  readonly method: string;
  readonly content: string | Uint8Array;
  /** Attaches the invitation under this name as well, for clients that overlook the alternative. */
  readonly filename?: string | undefined;
}

/** One more form of the same text, better than those before it (RFC 2046 §5.1.4). */
export interface Alternative {
  readonly contentType: string;
  readonly content: Content;
  readonly encoding?: EncodingChoice | undefined;
  readonly headers?: HeaderMap | undefined;
}

/** A file that goes with the message. */
export interface Attachment {
  readonly filename?: string | undefined;
  /** Found by leading octets and extension when left out. */
  readonly contentType?: string | undefined;
  readonly content: Content;
  /** Id that HTML refers to as `cid:id`, with or without angle brackets. */
  readonly contentId?: string | undefined;
  /** `inline` where there is a content id, else `attachment`. */
  readonly disposition?: 'attachment' | 'inline' | undefined;
  /** Content-Description. */
  readonly description?: string | undefined;
  readonly encoding?: EncodingChoice | undefined;
  readonly headers?: HeaderMap | undefined;
}

/** Header fields in order, as pairs, as `Headers`, or as an object of which only its own keys count. */
export type HeaderMap =
  | Iterable<readonly [name: string, value: string | readonly string[]]>
  | { readonly [name: string]: string | readonly string[] };

/**
 * A message as a person writes it.
 *
 * @example
 * ```ts
 * import type { Message } from '@posthaste/mime';
 *
 * const message: Message = { from: 'Ann <ann@example.org>', to: 'bob@example.net', subject: 'Lunch', text: 'At noon?' };
 * ```
 */
export interface Message {
  readonly from?: AddressList | undefined;
  readonly sender?: Address | undefined;
  readonly to?: AddressList | undefined;
  readonly cc?: AddressList | undefined;
  /** Recipients of the envelope alone; never written. */
  readonly bcc?: AddressList | undefined;
  readonly replyTo?: AddressList | undefined;
  readonly subject?: string | undefined;
  /** Now, when left out. */
  readonly date?: Date | undefined;
  /** With angle brackets; made when left out. */
  readonly messageId?: string | undefined;
  readonly inReplyTo?: string | readonly string[] | undefined;
  readonly references?: string | readonly string[] | undefined;
  readonly text?: string | TextContent | undefined;
  readonly html?: string | TextContent | undefined;
  readonly amp?: string | TextContent | undefined;
  readonly calendar?: Calendar | undefined;
  readonly alternatives?: readonly Alternative[] | undefined;
  readonly attachments?: readonly (Attachment | BodyPart)[] | undefined;
  /** The whole body as a part tree, in place of `text`, `html` and the other forms of content. */
  readonly body?: BodyPart | undefined;
  /** Further fields; one that names a generated field replaces it. */
  readonly headers?: HeaderMap | undefined;
  /** List-* fields (RFC 2369, 2919, 8058). */
  readonly list?: ListFields | undefined;
  readonly priority?: Priority | undefined;
  /** Auto-Submitted (RFC 3834): keeps vacation responders from answering. */
  readonly autoSubmitted?: 'auto-generated' | 'auto-replied' | 'auto-notified' | undefined;
  /** Asks for a read receipt (Disposition-Notification-To, RFC 8098). */
  readonly readReceiptTo?: AddressList | undefined;
  /** Asks for a delivery receipt by header (Return-Receipt-To); servers that know DSN want the envelope's `dsn`. */
  readonly deliveryReceiptTo?: AddressList | undefined;
  /** Permits local parts beyond ASCII, which need a server with SMTPUTF8 (RFC 6531). */
  readonly smtputf8?: boolean | undefined;
}
