/** Who a message is from and to, as the SMTP server is told it (RFC 5321 §2.3.1). */
export interface Envelope {
  /** Reverse-path; `''` is the null reverse-path `<>` of bounces (RFC 5321 §4.5.5). */
  readonly from: string;
  /** Forward-paths, one for each RCPT. */
  readonly to: readonly string[];
  /** Octets of the message with CRLF line ends and before dot-stuffing (RFC 1870 §3). */
  readonly size?: number;
  /** BODY parameter (RFC 6152, RFC 3030). */
  readonly body?: '7bit' | '8bit' | 'binary';
  /** Headers need SMTPUTF8 (RFC 6531); a non-ASCII path asks for it by itself. */
  readonly smtputf8?: boolean;
  /** REQUIRETLS (RFC 8689). */
  readonly requireTls?: boolean;
  /** Delivery status notifications (RFC 3461); `orcpt` adds ORCPT to every RCPT. */
  readonly dsn?: {
    readonly ret?: 'FULL' | 'HDRS';
    readonly envid?: string;
    readonly notify?: readonly string[];
    readonly orcpt?: boolean;
  };
  /** BY parameter as written on the wire, such as `120;R` (RFC 2852). */
  readonly deliverBy?: string;
  /** HOLDFOR in seconds (RFC 4865). */
  readonly holdFor?: number;
  /** HOLDUNTIL, an RFC 3339 date-time (RFC 4865). */
  readonly holdUntil?: string;
  /** MT-PRIORITY from -9 to 9 (RFC 6710). */
  readonly priority?: number;
}
