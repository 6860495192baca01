import type { AddressRules } from './address.ts';
import type { Parameter } from './body-part.ts';
import { checkFilename } from './content-disposition.ts';
import { formatParameters, parseContentType } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import {
  checkFieldName,
  type FieldPair,
  formatField,
  headerPairs,
  isMessageField,
  isSingleField,
} from './header.ts';
import type { HeaderMap } from './message.ts';

interface Field {
  readonly name: string;
  readonly value: string;
  readonly parameters: readonly Parameter[];
}

/** What to do in place of a field that follows from the entity. */
const advice: Readonly<Record<string, string>> = {
  'content-type': 'Name the type where the entity is made, or use setParameter or setContent',
  'content-transfer-encoding': 'Set the encoding of the entity',
};

/** Ordered header fields of an entity; names match in any case, values are neither encoded nor folded. */
export class HeaderFields implements Iterable<FieldPair> {
  #fields: Field[] = [];

  constructor(headers: HeaderMap = []) {
    if (headers instanceof HeaderFields) this.#fields = [...headers.#fields];
    else for (const [name, value] of headerPairs(headers)) this.append(name, value);
  }

  /**
   * Adds a field behind those of the same name.
   *
   * @param parameters such as `{ filename: '报告.pdf' }`, for Content-Disposition and its like.
   * @throws MimeError for a name or a value that cannot stand in a header
   * @throws MimeError `reserved-header` for Content-Type and others that follow from the entity, `duplicate-header`
   * for a second one where there may be one
   */
  append(name: string, value: string, parameters: Readonly<Record<string, string>> = {}): void {
    const field = checkedField(name, value, parameters);
    if (this.has(name) && isSingleField(name))
      refuse('duplicate-header', name, 'Give this field once, or set it');
    this.#fields.push(field);
  }

  /** Puts a field in the place of all others of its name. */
  set(name: string, value: string, parameters: Readonly<Record<string, string>> = {}): void {
    const field = checkedField(name, value, parameters);
    this.delete(name);
    this.#fields.push(field);
  }

  get(name: string): string | undefined {
    return this.#find(name)?.value;
  }

  getAll(name: string): string[] {
    return this.#fields.filter(field => same(field.name, name)).map(field => field.value);
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  delete(name: string): void {
    this.#fields = this.#fields.filter(field => !same(field.name, name));
  }

  /** A parameter of a field, such as `filename` of Content-Disposition. */
  parameter(name: string, parameter: string): string | undefined {
    return this.#find(name)?.parameters.find(([key]) => same(key, parameter))?.[1];
  }

  #find(name: string): Field | undefined {
    return this.#fields.find(field => same(field.name, name));
  }

  /** Names and values, parameters at the end of the value. */
  *[Symbol.iterator](): IterableIterator<FieldPair> {
    for (const { name, value, parameters } of this.#fields)
      yield [name, [value, ...parameters.map(quotedParameter)].join('; ')];
  }

  /** The fields that stand before those of the body; Bcc is for the envelope. */
  beforeBody(): FieldPair[] {
    return this.#fields
      .filter(field => !isOfBody(field) && !same(field.name, 'bcc'))
      .map(({ name, value }) => [name, value]);
  }

  /** Takes the fields that tell of a body, `Content-*`, from another entity in place of its own. */
  replaceContentFields(other: HeaderFields): void {
    const isContent = (field: Field): boolean => /^content-/i.test(field.name);
    this.#fields = [...this.#fields.filter(field => !isContent(field)), ...other.#fields.filter(isContent)];
  }

  /**
   * Formats the fields of an entity that is a part.
   *
   * @param isProtected whether the part carries the fields of the message under its signature (RFC 9788 §2.1)
   * @throws MimeError `reserved-header` for a field of a whole message, such as From, and always for Bcc
   */
  formatInPart(rules: AddressRules, isProtected: boolean): string {
    const misplaced = this.#fields.find(({ name }) =>
      isProtected ? same(name, 'bcc') : isMessageField(name),
    );
    const instead = 'Compose the entity itself, or attach messagePart(entity.compose())';
    if (misplaced) refuse('reserved-header', misplaced.name, instead);
    return this.format(rules);
  }

  /** Formats the fields, or those of the body alone; each ends in CR LF. Bcc is never written. */
  format(rules: AddressRules, ofBody = false): string {
    let text = '';
    for (const field of this.#fields) {
      const { name, value, parameters } = field;
      if (same(name, 'bcc') || (ofBody && !isOfBody(field))) continue;
      text +=
        parameters.length > 0
          ? formatParameters(name, value, parameters, name)
          : formatField([name, value], rules);
    }
    return text;
  }
}

function checkedField(name: string, value: string, record: Readonly<Record<string, string>>): Field {
  const given = Object.entries(record).map(([key, text]): Parameter => [key.toLowerCase(), text]);
  const lower = checkFieldName(name);
  refuseControls(value, name, true);
  if (Object.hasOwn(advice, lower)) refuse('reserved-header', name, advice[lower]!);
  // The envelope is made of Bcc.
  if (lower !== 'bcc') headerPairs([[name, value]]);
  let field: Field = { name, value, parameters: given };
  if (given.length === 0 && lower === 'content-disposition') {
    const { type, parameters } = parseContentType(value, name, /^[\w!#$%&'*+.^`{|}~-]+/);
    field = { name, value: type, parameters };
  } else if (given.length > 0 && (isMessageField(name) || !/^[\w!#$%&'*+./^`{|}~-]+$/.test(value)))
    refuse('invalid-parameter', name, 'Give parameters to a field with a token alone', value);
  const filename = field.parameters.find(([key]) => key === 'filename')?.[1];
  if (filename !== undefined) checkFilename(filename, name);
  if (field.parameters.length > 0) formatParameters(name, field.value, field.parameters, name);
  return field;
}

/** Content fields, and those with parameters, for which text has no place. */
function isOfBody({ name, parameters }: Field): boolean {
  return parameters.length > 0 || /^content-/i.test(name);
}

function quotedParameter([name, value]: Parameter): string {
  return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
