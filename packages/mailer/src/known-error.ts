import type { ConnectError } from '@posthaste/bridge';
import type { SmtpError } from '@posthaste/smtp-core';

// By name, not by class: the classes would have to be loaded with the package, and a program may hold two copies.

/** Whether it is what a server or a session ended with. */
export function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof Error && error.name === 'SmtpError';
}

/** Whether it says why there was no connection. */
export function isConnectError(error: unknown): error is ConnectError {
  return error instanceof Error && error.name === 'ConnectError';
}
