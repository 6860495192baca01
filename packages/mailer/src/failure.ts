import type { ConnectError } from '@posthaste/bridge';
import type { RecipientFailure, Reply, SmtpError } from '@posthaste/smtp-core';
import { MailerError } from './error.ts';
import { isConnectError, isSmtpError } from './known-error.ts';

/** What an error says about a message that it ended. */
export interface Failure {
  readonly state: 'rejected' | 'unknown' | 'not-sent';
  readonly permanent: boolean;
  /** Sending again is safe and may help. */
  readonly retry: boolean;
  /** Trying again without being asked makes sense: nobody here called it off. */
  readonly automatic: boolean;
  /** The server refused the message or all of its recipients, rather than the session. */
  readonly refused: boolean;
  /** The server asks for a pause: 421 or 454 (RFC 5321 §3.8, RFC 4954 §4.7.1). */
  readonly backOff: boolean;
  /** No session could be had at all. */
  readonly unreachable: boolean;
  readonly reply?: Reply;
  readonly enhanced?: string;
  readonly rejected: readonly RecipientFailure[];
}

const transactionPhases: readonly string[] = ['mail', 'rcpt', 'data', 'body', 'final'];
const handshakePhases: readonly string[] = ['greeting', 'hello', 'starttls', 'tls', 'auth'];
const passingConnectCodes: readonly string[] = ['refused', 'dns', 'timeout', 'unknown', 'tls-or-refused'];

/**
 * Reads an error as the account of an attempt: the one place where "may this be sent again" is decided.
 *
 * @param signal what could have called the attempt off
 */
export function failureOf(error: unknown, signal?: AbortSignal): Failure {
  if (isSmtpError(error)) return ofSmtpError(error, signal);
  const unreachable = isConnectError(error);
  const passing = unreachable && isPassing(error);
  const calledOff =
    (unreachable && error.code === 'aborted') ||
    (error instanceof MailerError && error.code === 'closed') ||
    isCallbackError(unreachable ? error.cause : error) ||
    (signal?.aborted === true && error === signal.reason);
  return {
    state: 'not-sent',
    permanent: !passing && !calledOff,
    retry: passing || calledOff,
    automatic: passing,
    refused: false,
    backOff: false,
    unreachable,
    rejected: [],
  };
}

function ofSmtpError(error: SmtpError, signal: AbortSignal | undefined): Failure {
  const unreachable = handshakePhases.includes(error.phase);
  // A server that lost the thread may find it again on a new connection; one that tampered with TLS may not.
  const confused = error.kind === 'protocol' && !unreachable;
  const temporary = error.temporary || confused;
  const account = {
    backOff: error.code === 421 || error.code === 454,
    unreachable,
    ...(error.reply && { reply: error.reply }),
    ...(error.enhanced !== undefined && { enhanced: error.enhanced }),
    rejected: error.rejected ?? [],
    refused:
      error.kind === 'recipients' || (error.kind === 'reply' && transactionPhases.includes(error.phase)),
  };
  if (!error.retrySafe)
    return { ...account, state: 'unknown', permanent: false, retry: false, automatic: false };
  if (error.kind === 'recipients') {
    // Recipients that are not in `rejected` were accepted and then spared, because it was all or nobody.
    return { ...account, state: 'not-sent', permanent: false, retry: temporary, automatic: temporary };
  }
  // Aborted for another reason: the source of the content failed, and will not give the same octets again.
  const calledOff = error.kind === 'aborted' && (signal?.aborted === true || isCallbackError(error.cause));
  return {
    ...account,
    state: account.refused ? 'rejected' : 'not-sent',
    permanent: !temporary && !calledOff,
    retry: temporary || calledOff,
    automatic: temporary && !calledOff,
  };
}

/** Whether a connection may come about later; a relay tells that itself, unless it could not be reached either. */
function isPassing({ code, cause }: ConnectError): boolean {
  if (code !== 'relay') return passingConnectCodes.includes(code);
  return !(cause instanceof Error && 'retryable' in cause) || cause.retryable === true;
}

/** A function that was passed in threw, which says nothing about the message. */
function isCallbackError(error: unknown): boolean {
  return error instanceof MailerError && error.code === 'callback';
}
