import type { SaslMechanism } from './sasl/mechanism.ts';

/** How a client session behaves; only `clientName` and `tls` are needed. */
export interface ClientOptions {
  /** Argument of EHLO: a domain name, or an address literal such as `[192.0.2.1]` (RFC 5321 §4.1.1.1). */
  readonly clientName: string;
  /**
   * `implicit`: the connection is TLS from its first octet (RFC 8314). `starttls`: TLS or nothing (RFC 3207).
   * `opportunistic`: TLS when offered and granted; an attacker on the path can prevent it. `none`: in the clear.
   */
  readonly tls: 'implicit' | 'starttls' | 'opportunistic' | 'none';
  /** Tried in this order; when none of them is offered the session fails. */
  readonly auth?: readonly SaslMechanism[];
  /** Lets mechanisms that show the secret run without TLS; default false. */
  readonly allowInsecureAuth?: boolean;
  /** Speak LMTP: LHLO, and one final reply for each accepted recipient (RFC 2033). */
  readonly lmtp?: boolean;
  /** Begin with HELO, for servers that choke on EHLO. */
  readonly heloOnly?: boolean;
  /** Group commands when the server offers PIPELINING; default true. */
  readonly pipelining?: boolean;
  /** Let DATA join the group: a round trip less, unless `partial` is `reject`; default false. */
  readonly pipelineData?: boolean;
  /** Commands without a reply; default 100. */
  readonly maxInFlight?: number;
  /** Some recipients refused: deliver to the others (`accept`, the default) or to nobody (`reject`). */
  readonly partial?: 'accept' | 'reject';
  /** `bdat` sends content with BDAT where CHUNKING is offered (RFC 3030); default `data`, for some servers hang on BDAT. */
  readonly transfer?: 'data' | 'bdat';
  /** BDAT transactions in flight behind each other, where PIPELINING is offered; needs `partial: 'accept'`. */
  readonly pipelineWindow?: { readonly transactions: number; readonly octets: number };
  /** No EHLO, TLS or AUTH of its own after the greeting: the caller names every command. */
  readonly manual?: boolean;
  /** PROXY protocol header, written before anything else. */
  readonly proxy?: Uint8Array;
  /** Attributes for XCLIENT, which must be offered. */
  readonly xclient?: Readonly<Record<string, string>>;
  /** Longest reply line in octets; default 4096. */
  readonly maxReplyLine?: number;
  /** Longest reply in octets; default 65536. */
  readonly maxReplyBytes?: number;
}
