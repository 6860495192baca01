import { MimeError, quoteValue } from './error.ts';
import type { Group, Mailbox } from './message.ts';

const whiteSpace = /[ \t\r\n]/;
const atomEnd = /[ \t\r\n()<>[\]:;,"\\]/g;

/** Decodes the atoms of a phrase; identity where encoded words are to be read literally. */
export type PhraseDecoder = (phrase: string) => string;

interface ReadGroup {
  readonly group: string;
  readonly members: Mailbox[];
}

/** Reads one address list from left to right; every octet is looked at once. */
class AddressReader {
  readonly #text: string;
  readonly #field: string;
  readonly #decode: PhraseDecoder;
  #at = 0;
  /** Words of the phrase so far; an address without angle brackets is a phrase of one. */
  #phrase = '';
  /** Atoms not yet decoded: encoded words are decoded with their neighbours (RFC 2047 §6.2). */
  #atoms = '';
  #raw = '';
  #rawWords = 0;
  #glued = false;
  #comment = '';
  #angle: string | undefined;
  #group: ReadGroup | undefined;
  readonly #list: (Mailbox | ReadGroup)[] = [];

  constructor(text: string, field: string, decode: PhraseDecoder) {
    this.#text = text;
    this.#field = field;
    this.#decode = decode;
  }

  read(): (Mailbox | ReadGroup)[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const character = text.charAt(this.#at);
      if (whiteSpace.test(character)) {
        this.#at++;
        this.#glued = false;
      } else if (character === '(') this.#readComment();
      else if (character === '<') this.#readAngle();
      else if (character === ',') this.#endMailbox();
      else if (character === ':') this.#openGroup();
      else if (character === ';') this.#closeGroup();
      else this.#readWord(character);
    }
    this.#endMailbox();
    if (this.#group) throw this.#fail('End the group with ;');
    return this.#list;
  }

  #readWord(character: string): void {
    if (this.#angle !== undefined) throw this.#fail('Put a comma after >');
    const start = this.#at;
    let literal: string | undefined;
    if (character === '"') literal = this.#readQuoted();
    else if (character === '[') {
      const end = this.#text.indexOf(']', start);
      if (end < 0) throw this.#fail('Close the domain literal with ]');
      this.#at = end + 1;
    } else {
      atomEnd.lastIndex = start;
      this.#at = atomEnd.exec(this.#text)?.index ?? this.#text.length;
      if (this.#at === start) throw this.#fail(`Quote the character ${quoteValue(character)}`);
    }
    const raw = this.#text.slice(start, this.#at);
    const space = this.#glued || this.#rawWords === 0 ? '' : ' ';
    if (!space && this.#rawWords > 0) this.#raw += raw;
    else {
      this.#raw = raw;
      this.#rawWords++;
    }
    if (literal === undefined) this.#atoms += space + raw;
    else {
      this.#flushAtoms();
      this.#phrase += space + literal;
    }
    this.#glued = true;
  }

  #readQuoted(): string {
    let value = '';
    let start = ++this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at);
      if (character === '"') {
        value += this.#text.slice(start, this.#at++);
        return value;
      }
      if (character === '\\') {
        value += this.#text.slice(start, this.#at++);
        start = this.#at;
      }
    }
    throw this.#fail('Close the quoted string');
  }

  #readComment(): void {
    const start = this.#at + 1;
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at);
      if (character === '\\') this.#at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) {
        this.#comment ||= this.#decode(this.#text.slice(start, this.#at++)).trim();
        this.#glued = false;
        return;
      }
    }
    throw this.#fail('Close the comment');
  }

  #readAngle(): void {
    if (this.#angle !== undefined) throw this.#fail('Give one address in angle brackets');
    const start = ++this.#at;
    if (this.#text.charAt(start) === '"') this.#readQuoted();
    const end = this.#text.indexOf('>', this.#at);
    if (end < 0) throw this.#fail('Close the address with >');
    this.#angle = this.#text.slice(start, end).trim();
    this.#at = end + 1;
  }

  #flushAtoms(): void {
    if (this.#atoms) this.#phrase += this.#decode(this.#atoms);
    this.#atoms = '';
  }

  #endMailbox(): void {
    const words = this.#rawWords;
    // `eve@example.com <ann@example.org>` shows one address and uses another.
    if (this.#angle !== undefined && this.#atoms.includes('@'))
      throw this.#fail('Quote the @ of the display name');
    this.#flushAtoms();
    if (this.#angle !== undefined) this.#add(this.#phrase || this.#comment, this.#angle);
    else if (words === 1) this.#add(this.#comment, this.#raw);
    else if (words > 1) throw this.#fail('Put the address in angle brackets');
    this.#clear();
  }

  #add(name: string, address: string): void {
    if (!address.includes('@')) throw this.#fail('Write the address as local@domain');
    (this.#group ? this.#group.members : this.#list).push(name ? { name, address } : { address });
  }

  #openGroup(): void {
    if (this.#group || this.#angle !== undefined || this.#rawWords === 0) throw this.#fail('Quote the colon');
    this.#flushAtoms();
    this.#group = { group: this.#phrase, members: [] };
    this.#list.push(this.#group);
    this.#clear();
  }

  #closeGroup(): void {
    if (!this.#group) throw this.#fail('Separate addresses with commas; a semicolon only ends a group');
    this.#endMailbox();
    this.#group = undefined;
  }

  /** Forgets the mailbox just read and steps over the separator behind it. */
  #clear(): void {
    this.#at++;
    this.#phrase = this.#atoms = this.#raw = this.#comment = '';
    this.#rawWords = 0;
    this.#glued = false;
    this.#angle = undefined;
  }

  #fail(advice: string): MimeError {
    const place = { field: this.#field, position: this.#at };
    return new MimeError(
      'invalid-address',
      `${advice} at position ${this.#at} of ${this.#field}: ${quoteValue(this.#text)}`,
      place,
    );
  }
}

/** Reads an address list; encoded words stay as they stand unless a decoder is given. */
export function readAddresses(
  text: string,
  field: string,
  decode: PhraseDecoder = phrase => phrase,
): (Mailbox | Group)[] {
  return new AddressReader(text, field, decode).read();
}

/** Reads a string that must hold exactly one mailbox. */
export function readMailbox(text: string, field: string, decode?: PhraseDecoder): Mailbox {
  const [first, ...others] = readAddresses(text, field, decode);
  if (first && others.length === 0 && 'address' in first) return first;
  throw new MimeError(
    'invalid-address',
    first && others.length > 0
      ? `Give several addresses as an array, or read them with parseAddressList, not as one string in ${field}: ${quoteValue(text)}`
      : `Write ${field} as one mailbox, not ${quoteValue(text)}`,
    { field },
  );
}
