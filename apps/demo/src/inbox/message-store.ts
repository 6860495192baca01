/** One line of the SMTP session a message came in; `at` is milliseconds since the session began. */
export interface SessionLine {
  readonly at: number;
  readonly direction: 'client' | 'server' | 'local';
  readonly text: string;
  readonly content?: { readonly octets: number; readonly until: number };
  readonly phase?: 'Connect' | 'TLS';
}

/** What the inbox lists of a message. */
export interface MessageSummary {
  readonly id: string;
  /** The author, as the From field shows it; the reverse-path where there is none. */
  readonly from: string;
  /** Everyone the message was accepted for: the forward-paths of the envelope. */
  readonly to: readonly string[];
  readonly subject: string;
  /** When the message arrived, in ISO 8601. */
  readonly date: string;
  readonly messageId?: string;
  /** The first words of the text. */
  readonly snippet: string;
  readonly octets: number;
  readonly attachments: number;
  /** It came over TLS. */
  readonly secure: boolean;
}

/** A message as the SMTP server took it. */
export interface StoredMessage {
  readonly summary: MessageSummary;
  /** Exactly what was received, dots removed. */
  readonly raw: Uint8Array;
  readonly session: readonly SessionLine[];
}

/** How much is kept; the oldest messages give way. */
export interface Retention {
  readonly messages: number;
  readonly octets: number;
}

export const DEFAULT_RETENTION: Retention = { messages: 10_000, octets: 268_435_456 };

/** Something that changed in a store. */
export type StoreEvent =
  | { readonly type: 'arrived'; readonly summary: MessageSummary }
  /** `ids` made room for newer messages; `total` have so far. */
  | { readonly type: 'evicted'; readonly ids: readonly string[]; readonly total: number }
  | { readonly type: 'cleared' };

/** Where messages are kept. */
export interface MessageStore {
  readonly retention: Retention;
  /** Messages that made room for newer ones so far. */
  readonly evicted: number;
  add(message: StoredMessage): void;
  /** Replaces the session of a message that came in before its session was over. */
  amend(id: string, session: readonly SessionLine[]): void;
  /** Newest first. */
  list(): readonly MessageSummary[];
  raw(id: string): Uint8Array | undefined;
  session(id: string): readonly SessionLine[] | undefined;
  clear(): void;
  /** Calls `listener` with every change until the function it returns is called. */
  watch(listener: (event: StoreEvent) => void): () => void;
}
