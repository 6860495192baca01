/**
 * A SASL mechanism, client side (RFC 4422). It keeps the state of one exchange: make a new one for each session.
 */
export interface SaslMechanism {
  /** As offered after AUTH, upper case: `SCRAM-SHA-256`. */
  readonly name: string;
  /** The client speaks first, so an initial response can ride on the AUTH line (RFC 4954 §4). */
  readonly clientFirst: boolean;
  /** The secret crosses the wire as it is: refused without TLS unless the caller insists. */
  readonly cleartext: boolean;
  /** Challenges are prompts for people and need not be base64 (LOGIN). */
  readonly lenientChallenge?: boolean;
  /** Answers a challenge; `null` asks for the initial response. Throwing cancels the exchange with `*`. */
  respond(challenge: Uint8Array | null): Uint8Array | Promise<Uint8Array>;
  /** False while the server has yet to prove itself; 235 is refused until it is true. */
  verified?(): boolean;
  /** What the server said about a failure, where the mechanism has such a thing (XOAUTH2, OAUTHBEARER). */
  errorDetail?(): string | undefined;
}
