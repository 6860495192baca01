import type { ConnectError } from '@posthaste/bridge';
import type { SmtpError } from '@posthaste/smtp-core';

// By name, not by class: the classes would have to be loaded with the package, and a program may hold two copies.

const ownNames = /^(Smtp|Connect|KnownTransaction|Mime|Mailer|Delivery)Error$/;

/** Whether it is what a server or a session ended with. */
export function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof Error && error.name === 'SmtpError';
}

/** Whether this toolkit made it, so that it may repeat what a server said. */
export function isOwnError(error: unknown): error is Error {
  return error instanceof Error && ownNames.test(error.name);
}

/** Whether it says why there was no connection. */
export function isConnectError(error: unknown): error is ConnectError {
  return error instanceof Error && error.name === 'ConnectError';
}
