/** A header value and the parameters after it, names in lower case. */
export interface ParameterizedValue {
  readonly value: string;
  readonly parameters: Map<string, string>;
}

/**
 * Reads a header value with parameters, continuations and charsets resolved (RFC 2045 §5.1, RFC 2231).
 *
 * @param text - the field body, `attachment; filename*=utf-8''…` for example, folded or not
 * @returns the value before the first `;` and the parameters
 * @example Read a Content-Disposition
 * ```ts
 * parseParameters("attachment; filename*=utf-8''%C3%A9").parameters.get('filename'); // é
 * ```
 */
export function parseParameters(text: string): ParameterizedValue {
  const parts = splitParts(text);
  const pairs: [string, string][] = [];
  for (const part of parts.slice(1)) {
    const equals = part.indexOf('=');
    if (equals > 0) pairs.push([part.slice(0, equals), part.slice(equals + 1)]);
  }
  return { value: parts[0]!, parameters: decodeParameters(pairs) };
}

/**
 * Resolves continuations, charsets and percent escapes among raw parameters (RFC 2231 §3, §4).
 *
 * @param pairs - names and raw values, `filename*0*` and `utf-8''%C3%A9` for example, in any order
 * @returns values by lower-case name; an extended form wins over a plain one
 * @example Continuations
 * ```ts
 * decodeParameters([['name*0', 'one '], ['name*1', 'two']]).get('name'); // one two
 * ```
 */
export function decodeParameters(pairs: Iterable<readonly [string, string]>): Map<string, string> {
  const plain = new Map<string, string>();
  const segments = new Map<string, Map<number, { value: string; extended: boolean }>>();
  for (const [rawName, value] of pairs) {
    const match = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/.exec(rawName.toLowerCase());
    if (match === null) continue;
    const name = match[1]!;
    const extended = match[3] !== undefined;
    if (!extended && match[2] === undefined) {
      if (!plain.has(name)) plain.set(name, value);
      continue;
    }
    let list = segments.get(name);
    if (list === undefined) segments.set(name, (list = new Map()));
    const index = Number(match[2] ?? 0);
    if (!list.has(index)) list.set(index, { value, extended });
  }
  for (const [name, list] of segments) {
    const value = joinSegments(list);
    if (value !== undefined) plain.set(name, value);
  }
  return plain;
}

function joinSegments(list: Map<number, { value: string; extended: boolean }>): string | undefined {
  const first = list.get(0);
  if (first === undefined) return undefined;
  const declared = first.extended ? /^([^']*)'[^']*'/.exec(first.value) : null;
  const charset = declared?.[1] || 'utf-8';
  const chunks: Uint8Array[] = [];
  for (let index = 0; ; index++) {
    const segment = list.get(index);
    if (segment === undefined) break;
    const value = index === 0 && declared !== null ? segment.value.slice(declared[0].length) : segment.value;
    chunks.push(segment.extended ? percentDecode(value) : new TextEncoder().encode(value));
  }
  try {
    const decoder = new TextDecoder(charset, { ignoreBOM: true });
    return chunks.map(chunk => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
  } catch {
    return undefined;
  }
}

/** Octets of an extended value; a `%` without two digits stays (RFC 2231 §7). */
function percentDecode(text: string): Uint8Array {
  const source = new TextEncoder().encode(text);
  let end = 0;
  for (let position = 0; position < source.length; position++) {
    const digits =
      source[position] === 0x25 ? String.fromCharCode(...source.subarray(position + 1, position + 3)) : '';
    const escaped = /^[0-9A-Fa-f]{2}$/.test(digits);
    source[end++] = escaped ? Number.parseInt(digits, 16) : source[position]!;
    if (escaped) position += 2;
  }
  return source.subarray(0, end);
}

/** Splits at `;` outside quoted-strings and comments, and resolves these; white space around tokens goes. */
function splitParts(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let gap = '';
  let inToken = false;
  let quoted = false;
  let comments = 0;
  for (let position = 0; position < text.length; position++) {
    const character = text[position]!;
    if (character === '\r' || character === '\n') continue;
    if (character === '\\' && (quoted || comments > 0) && position + 1 < text.length) {
      position++;
      if (comments === 0) part += text[position];
    } else if (quoted) {
      if (character === '"') quoted = false;
      else part += character;
    } else if (comments > 0) {
      if (character === '(') comments++;
      else if (character === ')') comments--;
    } else if (character === '(') {
      comments++;
    } else if (character === ' ' || character === '\t') {
      gap += character;
    } else if (character === ';') {
      parts.push(part);
      part = '';
      gap = '';
      inToken = false;
    } else if (character === '"') {
      quoted = true;
      inToken = false;
    } else {
      const separator = character === '=';
      if (inToken && !separator) part += gap;
      part += character;
      gap = '';
      inToken = !separator;
    }
  }
  parts.push(part);
  return parts;
}
