import type { ConnectionOptions } from '@posthaste/bridge';
import type { ComposeOptions } from '@posthaste/mime';
import { type Auth, checkAuth } from './auth.ts';
import { checkDkim, type DkimSigners } from './dkim-signer.ts';
import { checkOptionNames, checkWholeNumber, type KnownNames } from './option-check.ts';
import { checkHostname, checkSession } from './session-check.ts';

type Inherited = Omit<ConnectionOptions, 'auth' | 'hostname'>;

/** How to open an `SmtpConnection`. */
export interface SmtpConnectionOptions extends Optional<Inherited> {
  /** Name or address of the mail server, as its certificate has it. */
  readonly hostname: string;
  /** Who you are to the server; with `manual: true` call `login()` yourself. */
  readonly auth?: Auth | undefined;
  /** How `sendMessage` composes. */
  readonly compose?: ComposeOptions | undefined;
  /** Signs what `sendMessage` composes (RFC 6376). */
  readonly dkim?: DkimSigners | undefined;
}

/** Everything may be left out, or `undefined`. */
type Optional<T> = { readonly [name in keyof T]?: T[name] | undefined };

const names: KnownNames<SmtpConnectionOptions> = {
  hostname: true,
  port: true,
  tls: true,
  tlsOptions: true,
  auth: true,
  allowInsecureAuth: true,
  clientName: true,
  protocol: true,
  localAddress: true,
  connect: true,
  timeouts: true,
  transfer: true,
  onTranscript: true,
  signal: true,
  compose: true,
  dkim: true,
  manual: true,
  heloOnly: true,
  pipelining: true,
  pipelineData: true,
  pipelineWindow: true,
  maxInFlight: true,
  partial: true,
  proxy: true,
  xclient: true,
  maxReplyLine: true,
  maxReplyBytes: true,
};

/**
 * Refuses options that cannot be meant, before anything is opened.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkConnectionOptions(options: unknown): asserts options is SmtpConnectionOptions {
  checkOptionNames<SmtpConnectionOptions>('SmtpConnection.open', options, names);
  checkHostname('hostname', options.hostname, 'a whole URL is for createMailer');
  checkWholeNumber('port', options.port, 1, 65_535);
  checkSession(options);
  if (options.auth !== undefined) checkAuth(options.auth);
  if (options.dkim !== undefined) checkDkim(options.dkim);
}
