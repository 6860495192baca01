import type { Retention } from './inbox/message-store.ts';

/** What the pages tell people about where they are. */
export interface Site {
  /** Where any program on this machine can send mail to; absent where nothing can listen (Workers). */
  readonly smtp?: { readonly host: string; readonly port: number; readonly startTls: boolean };
  /** The mail server behind the relay, for people. */
  readonly upstream: string;
  /** That server is this site's dev inbox. */
  readonly inbox: boolean;
  readonly retention: Retention;
}
