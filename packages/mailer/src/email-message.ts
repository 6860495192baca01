import type {
  Alternative,
  Attachment,
  BodyPart,
  ComposeOptions,
  Entity,
  HeaderMap,
  Mailbox,
  Message,
} from '@posthaste/mime';
import type { Using } from './mail.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';
import { quoted } from './quoted.ts';

/** A mailbox: `'Ann <ann@example.org>'` or `{ name, address }`. */
export type Person = string | Mailbox;

/** Something attached: as the composer takes it, or Django's triple. */
export type AttachmentInput =
  | Attachment
  | BodyPart
  | readonly [filename: string, content: Attachment['content'], contentType?: string];

/** What an `EmailMessage` is made of. */
export interface EmailMessageFields {
  readonly subject?: string | undefined;
  readonly body?: string | undefined;
  /** Default: the settings' `defaultFrom`. */
  readonly from?: Person | undefined;
  readonly to?: readonly Person[] | undefined;
  readonly cc?: readonly Person[] | undefined;
  readonly bcc?: readonly Person[] | undefined;
  readonly replyTo?: readonly Person[] | undefined;
  readonly headers?: HeaderMap | undefined;
  readonly attachments?: readonly AttachmentInput[] | undefined;
}

const fieldNames: KnownNames<EmailMessageFields> = {
  subject: true,
  body: true,
  from: true,
  to: true,
  cc: true,
  bcc: true,
  replyTo: true,
  headers: true,
  attachments: true,
};

/** How one message is sent. */
export interface EmailSendOptions {
  /** An alias of `mailers`, a mailer, or a backend; default: the alias `default`. Django's `connection`. */
  readonly using?: Using | undefined;
  /** Credentials for this call in place of the mailer's own. */
  readonly auth?: { readonly user: string; readonly pass: string } | undefined;
  /** Errors of connection and delivery count as 0 sent; mistakes in the call are still thrown. */
  readonly failSilently?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a message needs of the settings it belongs to. */
export interface EmailContext {
  readonly defaultFrom: Person | undefined;
  deliver(messages: readonly EmailMessage[], options: EmailSendOptions): Promise<number>;
  readonly compose: ComposeOptions | undefined;
}

/** A message with plain text, or with HTML when `contentSubtype` is `'html'`: Django's `EmailMessage`. */
export class EmailMessage {
  subject: string;
  body: string;
  from: Person | undefined;
  to: Person[];
  cc: Person[];
  bcc: Person[];
  replyTo: Person[];
  headers: HeaderMap;
  attachments: (Attachment | BodyPart)[] = [];
  /** Subtype of the body: `'plain'` or `'html'`. */
  contentSubtype: 'plain' | 'html' = 'plain';
  readonly #context: EmailContext;

  /**
   * @throws TypeError when a single address stands where a list is meant
   * @throws MailerError `unknown-option` for a field that it does not have
   */
  constructor(context: EmailContext, fields: EmailMessageFields = {}) {
    checkOptionNames<EmailMessageFields>('an EmailMessage', fields, fieldNames);
    this.#context = context;
    this.subject = fields.subject ?? '';
    this.body = fields.body ?? '';
    this.from = fields.from || context.defaultFrom;
    this.to = people('to', fields.to);
    this.cc = people('cc', fields.cc);
    this.bcc = people('bcc', fields.bcc);
    this.replyTo = people('replyTo', fields.replyTo);
    this.headers = fields.headers ?? [];
    for (const attachment of fields.attachments ?? []) {
      if (Array.isArray(attachment)) this.attach(...(attachment as [string, Attachment['content'], string?]));
      else this.attach(attachment as Attachment | BodyPart);
    }
  }

  /** Attaches a part, or content under a file name; the type is found by the content when left out. */
  attach(part: Attachment | BodyPart): void;
  attach(filename: string, content: Attachment['content'], contentType?: string): void;
  attach(first: string | Attachment | BodyPart, content?: Attachment['content'], contentType?: string): void {
    if (typeof first !== 'string') this.attachments.push(first);
    else if (content === undefined) throw new TypeError(`Give the attachment ${quoted(first)} content`);
    else
      this.attachments.push({ filename: first, content, ...(contentType !== undefined && { contentType }) });
  }

  /**
   * Reads a file and attaches it, on Node, Deno and Bun. Never pass it a path that somebody else chose.
   *
   * @throws MailerError `file` when it cannot be read, `unsupported` where there are no files
   */
  async attachFile(path: string | URL, contentType?: string): Promise<void> {
    const { attachFile } = await import('#attach-file');
    this.attachments.push(await attachFile(path, contentType === undefined ? {} : { contentType }));
  }

  /** Everyone it goes to: to, cc and bcc. */
  recipients(): Person[] {
    return [...this.to, ...this.cc, ...this.bcc].filter(person => person !== '');
  }

  /** The message as the composer takes it. */
  fields(): Message {
    return {
      ...(this.from !== undefined && { from: this.from }),
      to: this.to,
      cc: this.cc,
      bcc: this.bcc,
      replyTo: this.replyTo,
      subject: this.subject,
      ...(this.contentSubtype === 'html' ? { html: this.body } : { text: this.body }),
      attachments: this.attachments,
      headers: this.headers,
    };
  }

  /**
   * The message as a part tree with its header, to be changed, composed or sent: Django's `message()`.
   *
   * @throws MimeError when it is not fit to be sent
   */
  async message(): Promise<Entity> {
    const fields = this.fields();
    const { entityOf } = await import('./part-tree.ts');
    return entityOf(fields, { timeZone: this.#context.compose?.timeZone });
  }

  /**
   * Sends it.
   *
   * @returns 1 when anybody was served, else 0
   * @throws DeliveryError | MimeError | MailerError as `Mailer.send` does
   */
  send(options: EmailSendOptions = {}): Promise<number> {
    return this.#context.deliver([this], options);
  }
}

/** A message with further forms of its body, HTML above all: Django's `EmailMultiAlternatives`. */
export class EmailMultiAlternatives extends EmailMessage {
  readonly alternatives: Alternative[] = [];

  constructor(
    context: EmailContext,
    fields: EmailMessageFields & { readonly alternatives?: readonly Alternative[] } = {},
  ) {
    const { alternatives, ...rest } = fields;
    super(context, rest);
    for (const alternative of alternatives ?? []) this.#add(alternative);
  }

  /** Adds a form of the body that is better than those before it, such as `text/html`. */
  attachAlternative(content: Alternative['content'], contentType: string): void {
    this.#add({ content, contentType });
  }

  override fields(): Message {
    return { ...super.fields(), alternatives: this.alternatives };
  }

  #add(alternative: Alternative): void {
    const { contentType } = alternative;
    if (typeof contentType !== 'string' || contentType === '') {
      throw new TypeError(
        `Name the content type of the alternative, such as text/html, not ${quoted(contentType)}`,
      );
    }
    this.alternatives.push(alternative);
  }
}

function people(field: string, given: readonly Person[] | undefined): Person[] {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given)) return [...given];
  throw new TypeError(`Give ${field} as an array of addresses, not ${quoted(given)}`);
}
