import type { OpId } from './action.ts';
import type { SmtpError } from './error.ts';
import type { Capabilities } from './extension.ts';
import type { Reply } from './reply.ts';
import type { CommandResult, SendResult } from './result.ts';

/** Something that happened in a client session. */
export type SmtpEvent =
  /** The handshake is complete; messages can be sent. */
  | {
      readonly type: 'ready';
      readonly capabilities: Capabilities;
      readonly secure: boolean;
      readonly authenticated: boolean;
    }
  /** A reply arrived; `redacted` is the command line it answers, with secrets already masked. */
  | { readonly type: 'reply'; readonly command: string; readonly redacted: string; readonly reply: Reply }
  /** The server answered for one recipient. */
  | {
      readonly type: 'recipient';
      readonly op: OpId;
      readonly rcpt: string;
      readonly accepted: boolean;
      readonly reply: Reply;
    }
  /** An op is decided; this comes exactly once for every op. */
  | ({ readonly type: 'done'; readonly op: OpId } & (
      | { readonly ok: true; readonly result: SendResult | CommandResult | Record<string, never> }
      | { readonly ok: false; readonly error: SmtpError }
    ));
