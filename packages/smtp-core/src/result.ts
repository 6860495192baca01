import type { Reply } from './reply.ts';

/** A recipient that the server refused, with its reply. */
export interface RecipientFailure {
  readonly rcpt: string;
  readonly code: number;
  readonly enhanced?: string;
  readonly reply: Reply;
}

/** What became of a message: at least one recipient was accepted. */
export interface SendResult {
  readonly accepted: string[];
  readonly rejected: RecipientFailure[];
  readonly code: number;
  readonly enhanced?: string;
  readonly reply: Reply;
}

/** The answer to `command()`, whatever its code. */
export interface CommandResult {
  readonly code: number;
  readonly enhanced?: string;
  readonly lines: readonly string[];
  readonly reply: Reply;
}
