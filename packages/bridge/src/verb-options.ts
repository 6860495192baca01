import type { ConnectionProgress } from './progress.ts';

export interface VerbOptions {
  /** Gives the verb up; it rejects with `aborted`, and the reason as `cause`. */
  readonly signal?: AbortSignal;
}

export interface SendRawOptions extends VerbOptions {
  readonly onProgress?: (progress: ConnectionProgress) => void;
  /**
   * Names the transaction to the relay in submit mode that this connection goes through, as `makeTransactionId` does:
   * `relayOutcome` tells later what became of it, and the relay takes no second message under the name.
   */
  readonly transaction?: string;
}
