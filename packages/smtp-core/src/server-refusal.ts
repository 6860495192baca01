import type { EnhancedStatus } from './enhanced-status.ts';

/** A 4yz or 5yz reply of a server. */
export interface Refusal {
  readonly code: number;
  readonly enhanced: EnhancedStatus | undefined;
  readonly text: string;
}

/** Why the server machine refuses something by itself. */
export type RefusalReason =
  | 'lineTooLong'
  | 'unrecognised'
  | 'argumentSyntax'
  | 'noArgument'
  | 'pathSyntax'
  | 'parameterSyntax'
  | 'notImplemented'
  | 'helloFirst'
  | 'extendedHelloFirst'
  | 'mailFirst'
  | 'recipientFirst'
  | 'inTransaction'
  | 'mixedContent'
  | 'chunkFailed'
  | 'binaryNeedsChunks'
  | 'alreadySecure'
  | 'alreadyAuthenticated'
  | 'authNotOffered'
  | 'noService'
  | 'unknownMechanism'
  | 'base64Syntax'
  | 'authCancelled'
  | 'authLineTooLong'
  | 'startTlsFirst'
  | 'authenticationFirst'
  | 'encryptionFirst'
  | 'unknownParameter'
  | 'internationalAddress'
  | 'tooManyRecipients'
  | 'messageTooLarge'
  | 'holdTooLong'
  | 'bareLineEnd'
  | 'tooManyErrors'
  | 'chunkSize'
  | 'floodedInput'
  | 'timeout'
  | 'shuttingDown';

function refusal(code: number, enhanced: EnhancedStatus, text: string): Refusal {
  return { code, enhanced, text };
}

/** Everything the server machine refuses by itself, by reason (RFC 5321 §4.2.2, RFC 3463, RFC 5248). */
export const REFUSALS: Readonly<Record<RefusalReason, Refusal>> = {
  lineTooLong: refusal(500, '5.5.2', 'Line too long'),
  unrecognised: refusal(500, '5.5.2', 'Syntax error, command unrecognised'),
  argumentSyntax: refusal(501, '5.5.4', 'Syntax error in arguments'),
  noArgument: refusal(501, '5.5.4', 'No argument allowed'),
  pathSyntax: refusal(501, '5.5.2', 'Syntax error in path'),
  parameterSyntax: refusal(501, '5.5.4', 'Syntax error in parameters'),
  notImplemented: refusal(502, '5.5.1', 'Command not implemented'),
  helloFirst: refusal(503, '5.5.1', 'Say hello first'),
  extendedHelloFirst: refusal(503, '5.5.1', 'Send EHLO first'),
  mailFirst: refusal(503, '5.5.1', 'MAIL first'),
  recipientFirst: refusal(503, '5.5.1', 'No valid recipients'),
  inTransaction: refusal(503, '5.5.1', 'Not during a mail transaction'),
  mixedContent: refusal(503, '5.5.1', 'DATA cannot follow BDAT'),
  chunkFailed: refusal(503, '5.5.1', 'A chunk was refused, send RSET'),
  binaryNeedsChunks: refusal(503, '5.5.1', 'BODY=BINARYMIME needs BDAT'),
  alreadySecure: refusal(503, '5.5.1', 'TLS is already active'),
  alreadyAuthenticated: refusal(503, '5.5.1', 'Already authenticated'),
  authNotOffered: refusal(503, '5.5.1', 'AUTH is not offered'),
  noService: refusal(503, '5.5.1', 'No service here, send QUIT'),
  unknownMechanism: refusal(504, '5.5.4', 'Mechanism not offered'),
  base64Syntax: refusal(501, '5.5.2', 'Cannot decode the response'),
  authCancelled: refusal(501, '5.7.0', 'Authentication cancelled'),
  authLineTooLong: refusal(500, '5.5.6', 'Authentication exchange line is too long'),
  startTlsFirst: refusal(530, '5.7.0', 'Must issue a STARTTLS command first'),
  authenticationFirst: refusal(530, '5.7.0', 'Authentication required'),
  encryptionFirst: refusal(538, '5.7.11', 'Encryption required for authentication'),
  unknownParameter: refusal(555, '5.5.4', 'Parameter not recognised or not implemented'),
  internationalAddress: refusal(553, '5.6.7', 'Non-ASCII addresses need SMTPUTF8'),
  tooManyRecipients: refusal(452, '4.5.3', 'Too many recipients'),
  messageTooLarge: refusal(552, '5.3.4', 'Message size exceeds the limit'),
  holdTooLong: refusal(501, '5.5.4', 'The hold is longer than offered'),
  bareLineEnd: refusal(554, '5.6.0', 'Message refused: it holds a bare CR or LF, and lines end with CRLF'),
  tooManyErrors: refusal(421, '4.7.0', 'Too many errors, closing connection'),
  chunkSize: refusal(421, '4.5.2', 'Chunk size out of range, closing connection'),
  floodedInput: refusal(421, '4.3.2', 'Too much unread input, closing connection'),
  timeout: refusal(421, '4.4.2', 'Timeout, closing connection'),
  shuttingDown: refusal(421, '4.3.2', 'Service shutting down, closing connection'),
};
