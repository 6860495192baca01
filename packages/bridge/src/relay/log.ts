import type { RelayDetail, RelayErrorCode, RelayPhase } from './fault.ts';
import type { OutcomeState, RelayMode } from './protocol.ts';

/**
 * What a relay reports, one event at a time. No field can hold a token, a password, an address of an envelope, a reply's
 * text or content: what is not there cannot leak.
 */
export type RelayLogEvent = { readonly session: string } & SessionEvent;

export type SessionEvent =
  | {
      readonly event: 'opened';
      readonly target: string;
      readonly mode: RelayMode;
      readonly sub: string;
      readonly jti: string;
      readonly origin: string | undefined;
      readonly remoteAddress: string | undefined;
    }
  | {
      /** The session failed, or never came about. */
      readonly event: 'failed';
      readonly code: RelayErrorCode;
      readonly phase: RelayPhase;
      readonly detail: RelayDetail | undefined;
      /** Alias that was asked for, if the browser came so far. */
      readonly target: string | undefined;
      readonly origin: string | undefined;
      readonly remoteAddress: string | undefined;
    }
  | {
      readonly event: 'transaction';
      readonly state: Exclude<OutcomeState, 'new' | 'pending'> | 'abandoned';
      readonly recipients: number;
      readonly octets: number;
      /** Reply code of the mail server, where it gave one. */
      readonly code: number | undefined;
    }
  | {
      /** The outcome store failed, so a later question about this transaction gets no answer. */
      readonly event: 'outcome-lost';
      readonly state: OutcomeState;
    }
  | {
      readonly event: 'closed';
      /** Milliseconds the session lasted, octets from and to the browser. */
      readonly ms: number;
      readonly up: number;
      readonly down: number;
    };
