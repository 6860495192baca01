import type { AddressRules } from './address.ts';
import type { BodyPart, Parameter } from './body-part.ts';
import { type ComposeOptions, compose } from './compose.ts';
import type { ComposedMessage } from './composed-message.ts';
import { outliveFailure } from './content.ts';
import { parseContentType, withCharset } from './content-type.ts';
import { type EntityOctetsOptions, entityOctets } from './entity-octets.ts';
import { refuse } from './error.ts';
import { HeaderFields } from './header-fields.ts';
import type { Content, EncodingChoice, HeaderMap } from './message.ts';
import { readAddresses } from './parse-mailbox.ts';

/** What an entity is made of besides its type. */
export interface EntityOptions {
  readonly content?: Content | undefined;
  /** Children; their presence makes a multipart. */
  readonly parts?: readonly Entity[] | undefined;
  readonly encoding?: EncodingChoice | undefined;
  /** Whether line ends become CR LF; true for text. */
  readonly canonical?: boolean | undefined;
  readonly headers?: HeaderMap | undefined;
}

/**
 * Header fields and a body: a message, a multipart, or a leaf (RFC 2045 §2.4).
 *
 * One type stands for Python's Message, MIMEBase, MIMEMultipart and MIMENonMultipart; adding a child to a leaf throws.
 */
export class Entity implements BodyPart {
  readonly headers: HeaderFields;
  #type: string;
  #parameters: Parameter[];
  #content: Content | undefined;
  #parts: Entity[] | undefined;
  encoding: EncodingChoice | undefined;
  #canonical: boolean;

  /**
   * @param contentType `type/subtype; name=value`.
   * @throws MimeError `invalid-content-type`
   */
  constructor(contentType: string, options: EntityOptions = {}) {
    const { type, parameters } = withCharset(parseContentType(contentType, 'contentType'), options.content);
    this.#type = type;
    this.#parameters = [...parameters];
    this.#parts = options.parts || type.startsWith('multipart/') ? [...(options.parts ?? [])] : undefined;
    this.#content = options.content;
    outliveFailure(options.content);
    this.encoding = options.encoding;
    this.#canonical = options.canonical ?? type.startsWith('text/');
    this.headers = new HeaderFields(options.headers);
  }

  /** `type/subtype` in lower case (Python: get_content_type). */
  get type(): string {
    return this.#type;
  }

  get parameters(): readonly Parameter[] {
    return this.#parameters;
  }

  /** A parameter of Content-Type (Python: get_param). */
  parameter(name: string): string | undefined {
    return this.#parameters.find(([key]) => key === name.toLowerCase())?.[1];
  }

  /** Sets a parameter of Content-Type; undefined removes it (Python: set_param, del_param). */
  setParameter(name: string, value: string | undefined): void {
    const key = name.toLowerCase();
    const others = this.#parameters.filter(([other]) => other !== key);
    this.#parameters = value === undefined ? others : [...others, [key, value]];
  }

  /** The file name of the disposition, else the name of the type (Python: get_filename). */
  get filename(): string | undefined {
    return this.headers.parameter('Content-Disposition', 'filename') ?? this.parameter('name');
  }

  /** `attachment`, `inline` or undefined (Python: get_content_disposition). */
  get disposition(): string | undefined {
    return this.headers.get('Content-Disposition')?.toLowerCase();
  }

  /** Whether line ends of any kind are written as CR LF; octets of a file are kept instead. */
  get canonical(): boolean {
    return this.#canonical;
  }

  get isMultipart(): boolean {
    return this.#parts !== undefined;
  }

  /** What a leaf holds; undefined for a multipart (Python: get_payload). */
  get content(): Content | undefined {
    return this.#content;
  }

  /** The children of a multipart; undefined for a leaf. */
  get parts(): readonly Entity[] | undefined {
    return this.#parts;
  }

  /**
   * Adds a header field (Python: add_header).
   *
   * @param parameters such as `{ filename: '报告.pdf' }`.
   */
  addHeader(name: string, value: string, parameters?: Readonly<Record<string, string>>): this {
    this.headers.append(name, value, parameters);
    return this;
  }

  /**
   * Adds a child (Python: attach).
   *
   * @throws MimeError `not-multipart` on a leaf
   */
  attach(...parts: readonly Entity[]): this {
    if (!this.#parts) return refuse('not-multipart', 'attach', 'Attach to a multipart', this.#type);
    this.#parts.push(...parts);
    return this;
  }

  /** Replaces body and type, keeping the header fields that do not tell of the body (Python: set_content, set_payload). */
  setContent(entity: Entity): this {
    this.#type = entity.type;
    this.#parameters = [...entity.parameters];
    this.#content = entity.content;
    this.#parts = entity.parts && [...entity.parts];
    this.encoding = entity.encoding;
    this.#canonical = entity.canonical;
    this.headers.replaceContentFields(entity.headers);
    return this;
  }

  /** This entity and all below it, parents first (Python: walk). */
  *walk(): Generator<Entity> {
    const stack: Entity[] = [this];
    for (let entity = stack.pop(); entity; entity = stack.pop()) {
      yield entity;
      for (const part of (entity.#parts ?? []).toReversed()) stack.push(part);
    }
  }

  /** Makes the body one child of a multipart, unless it is that multipart already (Python: make_mixed and its like). */
  makeMultipart(subtype: 'mixed' | 'alternative' | 'related'): this {
    const type = `multipart/${subtype}`;
    if (this.#type === type) return this;
    const order = ['related', 'alternative', 'mixed'];
    if (order.indexOf(this.#type.slice(10)) > order.indexOf(subtype)) {
      refuse('not-multipart', 'makeMultipart', `Put multipart/${subtype} inside`, this.#type);
    }
    const inner = new Entity('text/plain').setContent(this);
    const empty = this.#content === undefined && !this.#parts?.length;
    return this.setContent(new Entity(type, { parts: empty ? [] : [inner] }));
  }

  /** Adds a better form of the same text (Python: add_alternative). */
  addAlternative(part: Entity): this {
    return this.makeMultipart('alternative').attach(part);
  }

  /** Adds a part that the first one refers to by `cid:` (Python: add_related). */
  addRelated(part: Entity): this {
    if (!part.headers.has('Content-Disposition')) part.addHeader('Content-Disposition', 'inline');
    this.makeMultipart('related').attach(part);
    // RFC 2387 §3.1 requires the type of the root, which is there by now.
    this.setParameter('type', this.#parts![0]!.type);
    return this;
  }

  /** Adds a file (Python: add_attachment). */
  addAttachment(part: Entity, filename?: string): this {
    if (!part.headers.has('Content-Disposition')) {
      part.addHeader('Content-Disposition', 'attachment', filename === undefined ? {} : { filename });
    }
    return this.makeMultipart('mixed').attach(part);
  }

  /** The part that shows as the body: the first of the preferred kinds there is (Python: get_body). */
  body(
    preference: readonly ('related' | 'html' | 'plain')[] = ['related', 'html', 'plain'],
  ): Entity | undefined {
    const found = new Map<string, Entity>();
    const stack: Entity[] = [this];
    for (let entity = stack.pop(); entity; entity = stack.pop()) {
      if (entity.disposition === 'attachment') continue;
      const kind = /^(?:multipart\/(related)|text\/(html|plain))$/.exec(entity.type)?.slice(1).find(Boolean);
      if (kind && !found.has(kind)) found.set(kind, entity);
      const parts = entity.#parts ?? [];
      for (const part of kind === 'related' ? parts.slice(0, 1) : parts.toReversed()) stack.push(part);
    }
    const kind = preference.find(name => found.has(name));
    return kind && found.get(kind);
  }

  /** The children that are no part of the body (Python: iter_attachments). */
  attachments(): Entity[] {
    if (!this.#parts || this.#type === 'multipart/alternative') return [];
    if (this.#type === 'multipart/related') return this.#parts.slice(1);
    const shown = new Set(this.body()?.walk());
    return this.#parts.filter(entity => ![...entity.walk()].some(inner => shown.has(inner)));
  }

  fields(rules: AddressRules): string {
    const isProtected = this.#parameters.some(([name]) => /^(?:hp|protected-headers)$/.test(name));
    return this.headers.formatInPart(rules, isProtected);
  }

  /**
   * Composes the entity as a message: From, To, Cc, Bcc and Sender are its header fields (Python: send_message).
   *
   * @throws MimeError, as `compose` does
   */
  compose(options: ComposeOptions & { readonly smtputf8?: boolean } = {}): ComposedMessage {
    const { headers } = this;
    const bcc = headers.getAll('Bcc').flatMap(value => readAddresses(value, 'Bcc'));
    const body = this.#with(rules => headers.format(rules, true));
    return compose({ headers: headers.beforeBody(), bcc, body, smtputf8: options.smtputf8 }, options);
  }

  /**
   * The entity alone as octets, as they stand in a message around it: its own fields but Bcc, and its body (Python:
   * as_bytes).
   *
   * A multipart keeps the boundary it is written with, so that what is signed is what is sent (RFC 1847 §2.1).
   */
  bytes(options: EntityOctetsOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const root = this.#with(rules => this.headers.format(rules));
    return entityOctets(this, root, options);
  }

  /** The same as text; octets beyond ASCII read as UTF-8 (Python: as_string). */
  async text(options?: Pick<ComposeOptions, 'random'>): Promise<string> {
    return new TextDecoder().decode(await this.bytes(options));
  }

  /** The same body below other fields. */
  #with(fields: BodyPart['fields']): BodyPart {
    const { type, parameters, content, parts, encoding, canonical } = this;
    return { type, parameters, content, parts, encoding, canonical, fields };
  }
}
