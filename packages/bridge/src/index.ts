export { connect } from '#connect';
export { Connection } from './connection.ts';
export type { ConnectionOptions, Timeouts } from './connection-options.ts';
export type { Content } from './content.ts';
export { ConnectError, type ConnectErrorCode, KnownTransactionError } from './error.ts';
export { openConnection } from './open-connection.ts';
export type { ConnectionProgress } from './progress.ts';
export { type ServeOptions, serve } from './serve.ts';
export type {
  Answer,
  Challenge,
  IncomingMessage,
  ReceivedEnvelope,
  ReceivedMessage,
  Refusal,
  ServeHandler,
  ServeSession,
  Verdict,
} from './serve-handler.ts';
export type {
  Connect,
  ConnectOptions,
  Endpoint,
  SecureTransport,
  Socket,
  SocketAddress,
  SocketInfo,
  TlsInfo,
  TlsOptions,
} from './socket.ts';
export { makeTransactionId, type Randomness, type TransactionOutcome } from './transaction.ts';
export type { TranscriptLine } from './transcript.ts';
export type { SendRawOptions, VerbOptions } from './verb-options.ts';
