export type { ConnectError } from '@posthaste/bridge';
export type { HeaderInjectionError, Message, MimeError } from '@posthaste/mime';
export type { SmtpError } from '@posthaste/smtp-core';
export type { Auth, MechanismAuth, PasswordAuth, PasswordMechanism, TokenAuth } from './auth.ts';
export { type ConsoleBackendOptions, consoleBackend } from './backend/console.ts';
export { dummyBackend } from './backend/dummy.ts';
export { type KeptMessage, type MemoryBackend, memoryBackend } from './backend/memory.ts';
export type { Backend, DeliveryOptions, Outgoing, Progress } from './backend.ts';
export { createMailer, type MailerTarget } from './create-mailer.ts';
export type { DkimSigner, DkimSigners } from './dkim-signer.ts';
export type {
  AttachmentInput,
  EmailMessage,
  EmailMessageFields,
  EmailMultiAlternatives,
  EmailSendOptions,
  Person,
} from './email-message.ts';
export { DeliveryError, type DeliveryErrorCode, MailerError, type MailerErrorCode } from './error.ts';
export {
  createMail,
  type Mail,
  type MailOptions,
  type MassMail,
  type SendMailOptions,
  type Using,
} from './mail.ts';
export type { Mailer } from './mailer.ts';
export type { Mailers } from './mailers.ts';
export type { EnvelopeInput, MessageInput, RawContent, RawMessage, SendOptions } from './message-input.ts';
export type { BackendSettings } from './named-backend.ts';
export type {
  MailerOptions,
  RelayedOptions,
  RelayOptions,
  ServerOptions,
  SessionOptions,
  TlsMode,
} from './options.ts';
export { type Provider, type ProviderName, provider, providerFor, providers } from './provider.ts';
export type { Receipt, ReceiptState, ReceiptTimings, RecipientReceipt } from './receipt.ts';
export type { RetryOptions } from './retry.ts';
export { type Environment, fromEnv } from './settings.ts';
export { SmtpConnection } from './smtp-connection.ts';
export type { SmtpConnectionOptions } from './smtp-connection-options.ts';
export type { RateOptions } from './token-bucket.ts';
