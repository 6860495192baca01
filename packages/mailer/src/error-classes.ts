export { ConnectError, type ConnectErrorCode } from '@posthaste/bridge/error';
export { HeaderInjectionError, MimeError, type MimeErrorCode } from '@posthaste/mime/error';
export { type ErrorKind, type Reason, SmtpError } from '@posthaste/smtp-core/error';
export { DeliveryError, type DeliveryErrorCode, MailerError, type MailerErrorCode } from './error.ts';
