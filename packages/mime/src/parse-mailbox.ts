import { refuse } from './error.ts';
import type { Mailbox } from './message.ts';

/** Decodes the atoms of a phrase; identity where encoded words are to be read literally. */
export type PhraseDecoder = (phrase: string) => string;

/** A group with its members as mailboxes. */
export interface ReadGroup {
  readonly group: string;
  readonly members: Mailbox[];
}

/** White space, one special, or an atom with the dots and the `@` of an address in it. */
const token = /[ \t\r\n]+|[()<>[\]:;,"\\]|[^ \t\r\n()<>[\]:;,"\\]+/y;

/**
 * Reads an address list from left to right, looking at each character once (RFC 5322 §3.4).
 *
 * @throws MimeError `invalid-address`, with the position
 */
export function readAddresses(
  text: string,
  field: string,
  decode: PhraseDecoder = phrase => phrase,
): (Mailbox | ReadGroup)[] {
  const list: (Mailbox | ReadGroup)[] = [];
  let group: ReadGroup | undefined;
  let at = 0;
  /** The display name, and the atoms behind it that are not decoded yet: encoded words go together (RFC 2047 §6.2). */
  let name = '';
  let atoms = '';
  /** The last word as it stands, words so far, and whether white space came since. */
  let raw = '';
  let words = 0;
  let apart = false;
  let comment = '';
  let angle: string | undefined;

  const fail = (advice: string): never => refuse('invalid-address', field, advice, text, at);

  /** Steps over a quoted string, comment or angle address and gives what is inside, escapes resolved in the first two. */
  const inside = (open: string, close: string): string => {
    let value = '';
    for (let depth = 1; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === close && --depth === 0) {
        at++;
        return value;
      }
      if (character === open) depth++;
      if (character === '\\') at++;
      value += text.charAt(at);
    }
    return fail(`Close it with ${close}`);
  };

  const angleAddress = (): string => {
    const start = at;
    if (text.charAt(at) === '"') {
      at++;
      inside('', '"');
    }
    const end = text.indexOf('>', at);
    if (end < 0 || angle !== undefined || /[\s(),;"]/.test(text.slice(at, end).trim())) {
      fail('Put one address in angle brackets');
    }
    at = end + 1;
    return text.slice(start, end).trim();
  };

  const word = (value: string, isAtom: boolean, start: number): void => {
    if (angle !== undefined) fail('Put a comma after >');
    const separator = apart && words > 0 ? ' ' : '';
    if (words === 0 || apart) {
      raw = '';
      words++;
    }
    if (isAtom) atoms += separator + value;
    else {
      name += decode(atoms) + separator + value;
      atoms = '';
    }
    raw += text.slice(start, at);
    apart = false;
  };

  const endMailbox = (): void => {
    // `eve@example.com <ann@example.org>` shows one address and uses another.
    if (angle !== undefined && atoms.includes('@')) fail('Quote the @ of the display name');
    if (words > 1 && angle === undefined) fail('Put one address in angle brackets');
    const address = angle ?? raw;
    if (words > 0 || angle !== undefined) {
      if (!address.includes('@')) fail('Write local@domain');
      const shown = (angle === undefined ? '' : name + decode(atoms)) || comment;
      (group?.members ?? list).push(shown ? { name: shown, address } : { address });
    }
    clear();
  };

  const clear = (): void => {
    name = atoms = raw = comment = '';
    words = 0;
    apart = false;
    angle = undefined;
  };

  while (at < text.length) {
    const start = at;
    token.lastIndex = at;
    const [found] = token.exec(text)!;
    at += found.length;
    if (found === '"') word(inside('', '"'), false, start);
    else if (found === '(') comment ||= decode(inside('(', ')')).trim();
    else if (found === '<') angle = angleAddress();
    else if (found === ',') endMailbox();
    else if (found === ':') {
      if (group || words === 0 || angle !== undefined) fail('Quote the colon');
      group = { group: name + decode(atoms), members: [] };
      list.push(group);
      clear();
    } else if (found === ';') {
      if (!group) fail('Separate addresses with commas');
      endMailbox();
      group = undefined;
    } else if (found === '[') word(`[${inside('', ']')}]`, true, start);
    else if (/^[)>\]\\]$/.test(found)) fail('Quote the special character');
    else if (/^[ \t\r\n]/.test(found)) apart = true;
    else word(found, true, start);
  }
  endMailbox();
  if (group) fail('End the group with ;');
  return list;
}

/** Reads a string that must hold exactly one mailbox. */
export function readMailbox(text: string, field: string, decode?: PhraseDecoder): Mailbox {
  const list = readAddresses(text, field, decode);
  const [first] = list;
  if (!first || 'group' in first) return refuse('invalid-address', field, 'Write one mailbox', text);
  if (list.length > 1)
    refuse('invalid-address', field, 'Give several as an array, or use parseAddressList', text);
  return first;
}
