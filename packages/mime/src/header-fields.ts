import type { AddressRules } from './address.ts';
import type { Parameter } from './body-part.ts';
import { checkFilename } from './content-disposition.ts';
import { formatParameters, parseContentType } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { type FieldPair, formatField, headerPairs } from './header.ts';
import type { HeaderMap } from './message.ts';

interface Field {
  readonly name: string;
  readonly value: string;
  readonly parameters: readonly Parameter[];
}

/** Ordered header fields of an entity; names match in any case, values are neither encoded nor folded. */
export class HeaderFields implements Iterable<FieldPair> {
  #fields: Field[] = [];

  constructor(headers: HeaderMap = []) {
    for (const [name, value] of headerPairs(headers)) this.append(name, value);
  }

  /**
   * Adds a field behind those of the same name.
   *
   * @param parameters such as `{ filename: '报告.pdf' }`, for Content-Disposition and its like.
   * @throws MimeError for a name or a value that cannot stand in a header
   */
  append(name: string, value: string, parameters: Readonly<Record<string, string>> = {}): void {
    refuseControls(value, name, true);
    const given = Object.entries(parameters);
    const filename = given.find(([key]) => key === 'filename')?.[1];
    if (filename !== undefined) checkFilename(filename, name);
    if (given.length === 0 && /^content-disposition$/i.test(name)) {
      const parsed = parseContentType(value, name, /^[\w!#$%&'*+.^`{|}~-]+/);
      this.#fields.push({ name, value: parsed.type, parameters: parsed.parameters });
    } else {
      this.#fields.push({ name, value, parameters: given });
    }
  }

  /** Puts a field in the place of all others of its name. */
  set(name: string, value: string, parameters?: Readonly<Record<string, string>>): void {
    this.delete(name);
    this.append(name, value, parameters);
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

  *[Symbol.iterator](): IterableIterator<FieldPair> {
    for (const { name, value } of this.#fields) yield [name, value];
  }

  /** Takes the fields that tell of a body, `Content-*`, from another entity in place of its own. */
  replaceContentFields(other: HeaderFields): void {
    const isContent = (field: Field): boolean => /^content-/i.test(field.name);
    this.#fields = [...this.#fields.filter(field => !isContent(field)), ...other.#fields.filter(isContent)];
  }

  /** Formats every field that is wanted; each ends in CR LF. */
  format(rules: AddressRules, wanted: (name: string) => boolean = () => true): string {
    let text = '';
    for (const { name, value, parameters } of this.#fields) {
      if (!wanted(name.toLowerCase())) continue;
      text +=
        parameters.length > 0
          ? formatParameters(name, value, parameters, name)
          : formatField([name, value], rules);
    }
    return text;
  }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
