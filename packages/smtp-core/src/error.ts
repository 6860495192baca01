import type { Phase } from './action.ts';
import type { EnhancedStatus } from './enhanced-status.ts';
import type { Reply } from './reply.ts';
import type { RecipientFailure } from './result.ts';

/** What went wrong; the discriminant of `SmtpError`. */
export type ErrorKind =
  /** The server refused a command; the session goes on unless the handshake or the content was refused. */
  | 'reply'
  /** The server said 421. */
  | 'closing'
  /** The connection ended without a word. */
  | 'disconnected'
  /** The server broke the protocol; `reason` says how. */
  | 'protocol'
  | 'timeout'
  /** The socket failed; `cause` says how. */
  | 'io'
  /** TLS was required and is not to be had, or its handshake failed. */
  | 'tls'
  | 'auth'
  /** The message needs an extension, `ext`, that the server does not offer. */
  | 'unsupported'
  | 'invalid-argument'
  /** The message is larger than the server takes. */
  | 'size'
  /** The message exceeds what the server announced with LIMITS. */
  | 'limits'
  /** Too few recipients were accepted; `rejected` says which and why. */
  | 'recipients'
  /** The body source failed or was cancelled. */
  | 'aborted';

/** Why, where the kind alone does not say. */
export type Reason =
  | 'unexpected-reply'
  | 'malformed-reply'
  | 'reply-too-long'
  | 'starttls-injection'
  | 'cancelled'
  | 'auth-unavailable'
  | 'cleartext-refused'
  | 'server-signature'
  | 'handshake';

/** What an `SmtpError` carries besides its kind, phase and message; `undefined` is the same as absent. */
export interface SmtpErrorFields {
  readonly code?: number | undefined;
  readonly enhanced?: EnhancedStatus | undefined;
  readonly reply?: Reply | undefined;
  readonly command?: string | undefined;
  readonly reason?: Reason | undefined;
  readonly ext?: string | undefined;
  readonly detail?: string | undefined;
  readonly rejected?: readonly RecipientFailure[] | undefined;
  readonly deliveryUnknown?: true | undefined;
  readonly cause?: unknown;
}

/**
 * Everything that can go wrong in an SMTP session. `kind` is the discriminant; `code` is the reply code
 * (RFC 5321 §4.2), and `phase` what the session was waiting for.
 *
 * @example Try again later, but never twice
 * ```ts
 * if (error instanceof SmtpError && error.temporary && error.retrySafe) queue.push(message);
 * ```
 */
export class SmtpError extends Error {
  override readonly name = 'SmtpError';
  readonly kind: ErrorKind;
  readonly phase: Phase;
  declare readonly code?: number;
  declare readonly enhanced?: EnhancedStatus;
  /** The reply as it came; for a 552 to RCPT its code differs from `code` (RFC 5321 §4.5.3.1.10). */
  declare readonly reply?: Reply;
  /** The command line that was answered, with secrets masked. */
  declare readonly command?: string;
  declare readonly reason?: Reason;
  /** Keyword of the extension that is missing. */
  declare readonly ext?: string;
  /** What the server told the SASL mechanism about the failure. */
  declare readonly detail?: string;
  declare readonly rejected?: readonly RecipientFailure[];
  /** The message's end was handed out and never answered: sending it again may duplicate it (RFC 1047). */
  declare readonly deliveryUnknown?: true;

  /**
   * @param kind What went wrong.
   * @param phase What the session was waiting for.
   * @param message For people.
   * @param fields Whatever else is known; `code` and `enhanced` are taken from `reply` when not given.
   */
  constructor(kind: ErrorKind, phase: Phase, message: string, fields: SmtpErrorFields = {}) {
    super(message, 'cause' in fields ? { cause: fields.cause } : undefined);
    this.kind = kind;
    this.phase = phase;
    const { reply } = fields;
    for (const [key, value] of Object.entries({ code: reply?.code, enhanced: reply?.enhanced, ...fields }))
      if (value !== undefined && key !== 'cause') Object.assign(this, { [key]: value });
  }

  /** True when the same attempt may succeed later: a 4yz reply, or a session that ended (RFC 5321 §4.5.4). */
  get temporary(): boolean {
    if (this.kind === 'recipients') return this.rejected!.every(({ code }) => code < 500);
    if (this.code !== undefined) return this.code >= 400 && this.code < 500;
    if (this.kind === 'limits') return this.phase === 'mail';
    return this.kind === 'disconnected' || this.kind === 'timeout' || this.kind === 'io';
  }

  /** True when sending again cannot duplicate the message. */
  get retrySafe(): boolean {
    return this.deliveryUnknown !== true;
  }
}
