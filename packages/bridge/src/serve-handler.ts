import type { EnhancedStatus, EsmtpParameters } from '@posthaste/smtp-core';
import type { TranscriptLine } from './transcript.ts';

/** Turns a command down; the session goes on. */
export interface Refusal {
  /** Reply code, 4yz or 5yz (RFC 5321 §4.2.1). */
  readonly code: number;
  /** One line for people. */
  readonly text: string;
  /** Enhanced status code (RFC 3463). */
  readonly enhanced?: EnhancedStatus;
}

/** Nothing accepts, a text accepts and goes into the reply, a refusal refuses. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler with nothing against it returns nothing
export type Verdict = void | undefined | string | Refusal;
type Awaitable<T> = T | Promise<T>;

/** Asks the client on in a SASL exchange (RFC 4954 §4). */
export interface Challenge {
  readonly challenge: Uint8Array;
}

/** Whatever a handler may say to a question. */
export type Answer = Verdict | Challenge;

/** One client. A handler may keep what it knows about it in `user`. */
export interface ServeSession {
  readonly remoteAddress?: string;
  /** What the client called itself in EHLO, HELO or LHLO. */
  readonly clientName?: string;
  /** Octets are encrypted by TLS. */
  readonly secure: boolean;
  /** A SASL exchange succeeded. */
  readonly authenticated: boolean;
  /** Yours: `onAuth` may put the identity here. */
  user?: string;
}

/** Who a message is from and to, with the parameters of each command. */
export interface ReceivedEnvelope {
  /** Reverse-path; `''` is `<>`. */
  readonly from: string;
  /** Forward-paths that were accepted. */
  readonly to: readonly string[];
  readonly parameters: EsmtpParameters;
  /** Parameters of each RCPT, in the order of `to`. */
  readonly recipientParameters: readonly EsmtpParameters[];
}

/** A message that was received whole. */
export interface ReceivedMessage {
  readonly envelope: ReceivedEnvelope;
  readonly content: Uint8Array;
  readonly session: ServeSession;
  /** Under LMTP each recipient is decided by itself (RFC 2033 §4.2). */
  readonly recipient?: string;
}

/** A message that is being received. */
export interface IncomingMessage {
  readonly envelope: ReceivedEnvelope;
  /** Throws when the client goes away or starts over before the end: the message is void then. */
  readonly content: AsyncIterable<Uint8Array>;
  readonly session: ServeSession;
}

/**
 * Decides for a server session. Every method may be left out and may be asynchronous; one that throws is answered
 * with 451 and told to `onError`.
 */
export interface ServeHandler {
  onHello?(
    hello: { readonly verb: string; readonly name: string },
    session: ServeSession,
  ): Awaitable<Verdict>;
  /** One step of a SASL exchange; left out, nobody can sign in. `response` is null when the client waits for a challenge. */
  onAuth?(
    step: { readonly mechanism: string; readonly response: Uint8Array | null; readonly initial: boolean },
    session: ServeSession,
  ): Awaitable<Verdict | Challenge>;
  onMail?(
    mail: { readonly from: string; readonly parameters: EsmtpParameters },
    session: ServeSession,
  ): Awaitable<Verdict>;
  onRcpt?(
    rcpt: { readonly to: string; readonly parameters: EsmtpParameters; readonly from: string },
    session: ServeSession,
  ): Awaitable<Verdict>;
  /** Content is about to come. */
  onData?(envelope: ReceivedEnvelope, session: ServeSession): Awaitable<Verdict>;
  /** Takes responsibility for a message by returning. */
  onMessage?(message: ReceivedMessage): Awaitable<Verdict>;
  /** Instead of `onMessage`, for messages too large to gather: called as content begins. */
  onContent?(message: IncomingMessage): Awaitable<Verdict>;
  /** VRFY or EXPN; a text is the mailbox found, and nothing is 252, "cannot verify" (RFC 5321 §3.5.3). */
  onVerify?(
    query: { readonly verb: 'VRFY' | 'EXPN'; readonly argument: string },
    session: ServeSession,
  ): Awaitable<Verdict>;
  /** The client voided its transaction: RSET, EHLO, or its end. */
  onReset?(session: ServeSession): void;
  onTranscript?(line: TranscriptLine, session: ServeSession): void;
  /** Hears what a handler threw, and what broke the socket; what it throws itself is dropped. */
  onError?(error: unknown, session: ServeSession): void;
}
