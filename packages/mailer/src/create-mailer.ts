import { adviceFor } from './advice.ts';
import { SmtpBackend } from './backend/smtp.ts';
import { type Backend, isBackend } from './backend.ts';
import { checkedOptions } from './checked-options.ts';
import { checkDkim } from './dkim-signer.ts';
import { MailerError } from './error.ts';
import { Mailer } from './mailer.ts';
import { type BackendSettings, isBackendSettings, namedBackend } from './named-backend.ts';
import { checkOptionNames, definedOnly, type KnownNames } from './option-check.ts';
import type { MailerOptions } from './options.ts';
import { providerAt } from './provider.ts';
import { quoted } from './quoted.ts';
import { parseServerUrl } from './server-url.ts';
import { checkCompose } from './session-check.ts';

/** Where a mailer sends to: a server's URL or options, a backend by name with its settings, or a backend. */
export type MailerTarget = string | URL | MailerOptions | BackendSettings | Backend;

/**
 * Makes a mailer. Nothing is opened before the first message.
 *
 * @param target `smtps://user:password@host`, `smtp://…` (a string or a `URL`), options, `provider(…)`, `{ backend: 'console' }`, or a
 *   backend of your own
 * @param options more options, which win over those of the target
 * @throws MailerError `invalid-url`, `unknown-option` or `invalid-option`, with the known names where one is mistyped
 *
 * @example Send one message
 * ```ts
 * await using mailer = createMailer('smtps://ann:secret@smtp.example.org');
 * await mailer.send({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello Bob' });
 * ```
 */
export function createMailer(target: MailerTarget, options: MailerOptions = {}): Mailer {
  if (typeof options !== 'object' || options === null) {
    throw new MailerError(
      'invalid-option',
      "Pass createMailer an object with options after the server's URL",
    );
  }
  if (typeof target === 'string' || target instanceof URL) {
    return smtpMailer({ ...parseServerUrl(target), ...definedOnly(options) });
  }
  if (typeof target !== 'object' || target === null) {
    throw new MailerError(
      'invalid-option',
      `Pass createMailer a server's URL, options or a backend, not ${quoted(target)}`,
    );
  }
  if (isBackend(target)) return backendMailer(target, options);
  if (!isBackendSettings(target)) return smtpMailer({ ...target, ...definedOnly(options) });
  if (target.backend !== 'smtp') return backendMailer(namedBackend(target), options);
  const { backend: _, ...server } = target;
  return smtpMailer({ ...server, ...definedOnly(options) });
}

/** A backend has settings of its own; what remains is how messages are composed and signed. */
function backendMailer(backend: Backend, options: MailerOptions): Mailer {
  const known: KnownNames<Pick<MailerOptions, 'compose' | 'dkim'>> = { compose: true, dkim: true };
  checkOptionNames('createMailer with a backend', options, known);
  if (options.dkim !== undefined) checkDkim(options.dkim);
  checkCompose(options.compose);
  return new Mailer(backend, definedOnly(options));
}

function smtpMailer(options: object): Mailer {
  const checked = checkedOptions(options);
  const { hostname } = checked;
  return new Mailer(new SmtpBackend(checked), {
    ...(checked.compose && { compose: checked.compose }),
    ...(checked.dkim && { dkim: checked.dkim }),
    adviceFor: error => adviceFor(error, hostname === undefined ? undefined : providerAt(hostname)),
  });
}
