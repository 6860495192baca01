import type { ComposeOptions } from '@posthaste/mime';
import type { Backend } from './backend.ts';
import type { MailerTarget } from './create-mailer.ts';
import { checkDkim, type DkimSigners } from './dkim-signer.ts';
import { deliverEmails } from './email-delivery.ts';
import {
  type EmailContext,
  EmailMessage,
  type EmailMessageFields,
  EmailMultiAlternatives,
  type EmailSendOptions,
  type Person,
} from './email-message.ts';
import type { Mailer } from './mailer.ts';
import { Mailers } from './mailers.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';
import { checkCompose } from './session-check.ts';

/** What a message is sent with: an alias of `mailers`, a mailer, or a backend. */
export type Using = string | Mailer | Backend;

/** Settings of a `Mail`. */
export interface MailOptions {
  /** Mailers by alias; `default` is used when none is named. A string is a server's URL. */
  readonly mailers: Readonly<Record<string, MailerTarget>>;
  /** From of messages that name none: Django's `DEFAULT_FROM_EMAIL`. */
  readonly defaultFrom?: Person | undefined;
  /** From of what `mailAdmins` and `mailManagers` send; default `defaultFrom`. */
  readonly serverEmail?: Person | undefined;
  /** Stands before the subjects of `mailAdmins` and `mailManagers`; default `''`. */
  readonly subjectPrefix?: string | undefined;
  readonly admins?: readonly Person[] | undefined;
  readonly managers?: readonly Person[] | undefined;
  /** How messages are composed: the time zone of their dates, and limits. */
  readonly compose?: ComposeOptions | undefined;
  /** Signs what goes by an alias or a backend (RFC 6376); a mailer that `using` names has its own. */
  readonly dkim?: DkimSigners | undefined;
}

const optionNames: KnownNames<MailOptions> = {
  mailers: true,
  defaultFrom: true,
  serverEmail: true,
  subjectPrefix: true,
  admins: true,
  managers: true,
  compose: true,
  dkim: true,
};

/** How `sendMail` and its like send. */
export interface SendMailOptions extends EmailSendOptions {
  /** The body as HTML, beside the text; an empty one is left out. */
  readonly html?: string | undefined;
}

/** One message of `sendMassMail`. */
export type MassMail =
  | readonly [subject: string, text: string, from: Person | null | undefined, to: readonly Person[]]
  | {
      readonly subject: string;
      readonly text: string;
      readonly html?: string | undefined;
      readonly from?: Person | null | undefined;
      readonly to: readonly Person[];
    };

const massNames: KnownNames<Exclude<MassMail, readonly unknown[]>> = {
  subject: true,
  text: true,
  html: true,
  from: true,
  to: true,
};

/** Django's mail functions, without globals. */
export interface Mail extends AsyncDisposable {
  /**
   * Sends one message.
   *
   * @param from null or undefined for `defaultFrom`
   * @returns how many messages were sent: 1, or 0 without recipients or with `failSilently`
   */
  sendMail(
    subject: string,
    text: string,
    from: Person | null | undefined,
    to: readonly Person[],
    options?: SendMailOptions,
  ): Promise<number>;
  /** Sends messages over one connection and tells how many were sent; the first that fails ends it. */
  sendMassMail(messages: Iterable<MassMail>, options?: EmailSendOptions): Promise<number>;
  /** Writes to `admins`, from `serverEmail`; 0 when there are none. */
  mailAdmins(subject: string, text: string, options?: SendMailOptions): Promise<number>;
  /** Writes to `managers`, from `serverEmail`; 0 when there are none. */
  mailManagers(subject: string, text: string, options?: SendMailOptions): Promise<number>;
  /** The mailers by alias, made when they are first asked for. */
  readonly mailers: Mailers;
  readonly EmailMessage: new (fields?: EmailMessageFields) => EmailMessage;
  readonly EmailMultiAlternatives: new (
    fields?: ConstructorParameters<typeof EmailMultiAlternatives>[1],
  ) => EmailMultiAlternatives;
  /** Closes every mailer that was made. */
  close(): Promise<void>;
}

/**
 * Makes Django's mail functions from settings.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 *
 * @example
 * ```ts
 * const mail = createMail({
 *   mailers: { default: 'smtps://ann:secret@smtp.example.org' },
 *   defaultFrom: 'ann@example.org',
 * });
 * await mail.sendMail('Hello', 'Good morning', null, ['bob@example.net']);
 * ```
 */
export function createMail(options: MailOptions): Mail {
  checkOptionNames<MailOptions>('createMail', options, optionNames);
  const { compose, dkim } = options;
  if (dkim !== undefined) checkDkim(dkim);
  checkCompose(compose);
  const mailers = new Mailers(options.mailers, { ...(compose && { compose }), ...(dkim && { dkim }) });
  const context: EmailContext = {
    defaultFrom: options.defaultFrom,
    compose,
    deliver: (messages, sendOptions) => deliverEmails(messages, sendOptions, mailers),
  };

  const message = (
    [subject, text, from, to]: Extract<MassMail, readonly unknown[]>,
    html?: string,
  ): EmailMessage => {
    const email = new EmailMultiAlternatives(context, { subject, body: text, from: from ?? undefined, to });
    // As in Django, an empty one is none.
    if (html) email.attachAlternative(html, 'text/html');
    return email;
  };
  const sendMail: Mail['sendMail'] = async (subject, text, from, to, { html, ...rest } = {}) =>
    message([subject, text, from, to], html).send(rest);
  const broadcast = async (
    people: readonly Person[] | undefined,
    subject: string,
    text: string,
    sendOptions?: SendMailOptions,
  ): Promise<number> => {
    if (people === undefined || people.length === 0) return 0;
    const prefixed = `${options.subjectPrefix ?? ''}${subject}`;
    return sendMail(prefixed, text, options.serverEmail ?? options.defaultFrom, people, sendOptions);
  };
  const close = (): Promise<void> => mailers.close();

  return {
    mailers,
    sendMail,
    sendMassMail: async (messages, sendOptions = {}) => {
      const emails = Array.from(messages, mass =>
        isTuple(mass) ? message(mass) : message([mass.subject, mass.text, mass.from, mass.to], mass.html),
      );
      return deliverEmails(emails, sendOptions, mailers);
    },
    mailAdmins: (subject, text, sendOptions) => broadcast(options.admins, subject, text, sendOptions),
    mailManagers: (subject, text, sendOptions) => broadcast(options.managers, subject, text, sendOptions),
    EmailMessage: class extends EmailMessage {
      constructor(fields?: EmailMessageFields) {
        super(context, fields);
      }
    },
    EmailMultiAlternatives: class extends EmailMultiAlternatives {
      constructor(fields?: ConstructorParameters<typeof EmailMultiAlternatives>[1]) {
        super(context, fields);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isTuple(mass: MassMail): mass is Extract<MassMail, readonly unknown[]> {
  if (Array.isArray(mass)) return true;
  checkOptionNames('a message of sendMassMail', mass, massNames);
  return false;
}
