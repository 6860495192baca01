import type { Wait } from './action.ts';
import type { EsmtpParameters } from './esmtp-parameter.ts';

/** What the server machine asks of its host; it reads no further until `accept()`, `reject()` or `challenge()`. */
export type Question =
  /** A client named itself; `accept()` answers with the EHLO list. */
  | { readonly type: 'hello'; readonly verb: 'EHLO' | 'HELO' | 'LHLO'; readonly name: string }
  /** One SASL step, the first of an exchange if `initial`; `response` is null without an initial response. */
  | {
      readonly type: 'auth';
      readonly mechanism: string;
      readonly response: Uint8Array | null;
      readonly initial: boolean;
    }
  | { readonly type: 'mail'; readonly from: string; readonly parameters: EsmtpParameters }
  | { readonly type: 'rcpt'; readonly to: string; readonly parameters: EsmtpParameters }
  /** The client wants to send content (DATA, or the first BDAT); `accept()` lets it. */
  | { readonly type: 'data'; readonly verb: 'DATA' | 'BDAT' }
  /** The content is complete: `accept()` takes responsibility for it. Under LMTP it is asked once for each recipient. */
  | { readonly type: 'message'; readonly octets: number; readonly recipient?: string }
  | { readonly type: 'verify'; readonly verb: 'VRFY' | 'EXPN'; readonly argument: string };

/** Something that happened in a server session; nothing to answer. */
export type ServerEvent =
  /** Content octets, dots removed; only between a `data` question that was accepted and its `message` question. */
  | { readonly type: 'content'; readonly data: Uint8Array }
  /** The transaction in progress is void (RSET, EHLO, a refused or broken content, or the end of the session). */
  | { readonly type: 'reset' }
  | { readonly type: 'secure' }
  | { readonly type: 'authenticated'; readonly mechanism: string }
  /** A command line arrived, or a reply was made: the transcript, with secrets already masked. */
  | { readonly type: 'command'; readonly redacted: string }
  | { readonly type: 'reply'; readonly text: string }
  /** The session ended; `reason` tells a QUIT from a lost connection. */
  | {
      readonly type: 'end';
      readonly reason: 'quit' | 'disconnected' | 'timeout' | 'closed' | 'protocol' | 'tls';
    };

/** What the host of a server machine must do next. */
export type ServerAction =
  | { readonly type: 'write'; readonly data: Uint8Array }
  /** Upgrade the socket, then call `tlsStarted()` or `tlsFailed(reason)`. */
  | { readonly type: 'starttls' }
  /** Answer with `accept()`, `reject()` or, for `auth`, `challenge()`; asked again by `poll()` until then. */
  | { readonly type: 'ask'; readonly question: Question }
  | { readonly type: 'event'; readonly event: ServerEvent }
  /** Read, then call `receive()`; or `timeout()` when `wait.ms` have passed. */
  | { readonly type: 'read'; readonly wait: Wait }
  | { readonly type: 'close' };
