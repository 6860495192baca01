/** A path of a MAIL or RCPT command line, read by a server. */
export interface ParsedPath {
  /** The mailbox as written, without brackets and source route; `''` is the null reverse-path `<>`. */
  readonly address: string;
  /** Index of the first character behind the path. */
  readonly end: number;
}

/** RFC 5321 §4.5.3.1.3: a path is at most 256 octets including its punctuation. */
const MAX_PATH_OCTETS = 256;

/** RFC 5321 §4.5.3.1.2: a domain name or number is at most 255 octets. */
const MAX_DOMAIN_OCTETS = 255;

const ATEXT = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]/u;
const LABEL =
  /^[A-Za-z0-9\u0080-\u{10ffff}](?:[A-Za-z0-9\-\u0080-\u{10ffff}]*[A-Za-z0-9\u0080-\u{10ffff}])?$/u;

/**
 * Writes an address as a path: `<a@x.test>`, and `<>` for `''` (RFC 5321 §4.1.2).
 *
 * @param address A mailbox that `checkPath` has no objection to.
 *
 * @example Write a forward-path
 * ```ts
 * formatPath('a@x.test'); // '<a@x.test>'
 * ```
 */
export function formatPath(address: string): string {
  return `<${address}>`;
}

/**
 * What a path may hold: no control character and no unpaired surrogate anywhere, and neither `<`, `>` nor space
 * outside a quoted local part, which must be closed and followed by `@` or nothing.
 */
export const PATH: RegExp = /^(?!.*[\0-\x1f\x7f\p{Cs}])(?:(?!")|"(?:\\.|[^"\\])*"(?![^@]))[^<> ]*$/su;

/**
 * Says why an address could break out of a command line, the one guard against SMTP injection through paths:
 * control characters, DEL and unpaired surrogates anywhere, and `<`, `>` or space outside a quoted local part.
 *
 * @param path The address without brackets; `''` is the null reverse-path and is fine.
 * @returns The reason, to follow the words "the path", or undefined when nothing is wrong.
 *
 * @example Refuse an injected command
 * ```ts
 * checkPath('a@x.test>\r\nRCPT TO:<b@y.test'); // 'holds a control character'
 * checkPath('"a b"@x.test'); // undefined
 * ```
 */
export function checkPath(path: string): string | undefined {
  if (PATH.test(path)) return undefined;
  if (/[\0-\x1f\x7f]/.test(path)) return 'holds a control character';
  if (/\p{Cs}/u.test(path)) return 'holds an unpaired surrogate';
  const quoted = /^"(?:\\.|[^"\\])*"/s.exec(path)?.[0];
  if (path.startsWith('"')) {
    if (quoted === undefined) return 'has a quoted local part without its closing quote';
    if (path[quoted.length] !== '@') return 'goes on behind its quoted local part';
  }
  const unquoted = path.slice(quoted?.length);
  return `holds ${unquoted.includes(' ') ? 'a space' : 'an angle bracket'} outside a quoted local part`;
}

/**
 * Reads a path strictly, as a server must: a dot-string or quoted local part, a domain or an address literal;
 * a source route is accepted and dropped (RFC 5321 §4.1.2, §4.1.1.3, appendix C).
 *
 * @param text A command line.
 * @param start Index at which the `<` is expected.
 * @returns The path, or undefined when there is none; `<>` and `<Postmaster>` are paths too, and whether one of
 *   them may stand here is for the caller to say.
 *
 * @example Read the path of RCPT
 * ```ts
 * parsePath('TO:<@r.test:b@y.test> NOTIFY=NEVER', 3); // { address: 'b@y.test', end: 22 }
 * ```
 */
export function parsePath(text: string, start = 0): ParsedPath | undefined {
  if (text[start] !== '<') return undefined;
  let from = start + 1;
  if (text[from] === '>') return { address: '', end: from + 1 };
  if (text[from] === '@') {
    const colon = text.indexOf(':', from);
    if (colon < 0 || !text.slice(from, colon).split(',').every(isAtDomain)) return undefined;
    from = colon + 1;
  }
  const at = localEnd(text, from);
  if (at === undefined) return undefined;
  if (text[at] === '>' && from === start + 1 && /^postmaster$/i.test(text.slice(from, at)))
    return { address: text.slice(from, at), end: at + 1 };
  const close = text.indexOf('>', at);
  if (close < 0 || !isAtDomain(text.slice(at, close))) return undefined;
  if (new TextEncoder().encode(text.slice(start, close + 1)).length > MAX_PATH_OCTETS) return undefined;
  return { address: text.slice(from, close), end: close + 1 };
}

/** Index behind a dot-string or a quoted string that starts at `from`. */
function localEnd(text: string, from: number): number | undefined {
  if (text[from] === '"') return quotedEnd(text, from);
  let end = from;
  let atom = 0;
  for (const character of text.slice(from, from + MAX_PATH_OCTETS)) {
    if (character === '.' && atom > 0) atom = 0;
    else if (ATEXT.test(character)) atom++;
    else break;
    end += character.length;
  }
  return atom > 0 ? end : undefined;
}

/** Index behind the closing quote of the quoted string that starts at `from`. */
function quotedEnd(text: string, from: number): number | undefined {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return undefined;
}

function isAtDomain(text: string): boolean {
  return text.startsWith('@') && isDomain(text.slice(1));
}

/**
 * Tells whether text is a domain name or an address literal, as EHLO and paths need one (RFC 5321 §4.1.2, §4.1.3).
 *
 * @param text Such as `x.test`, `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
 *
 * @example Check a client name
 * ```ts
 * isDomain('[IPv6:2001:db8::1]'); // true
 * isDomain('x..test'); // false
 * ```
 */
export function isDomain(text: string): boolean {
  if (new TextEncoder().encode(text).length > MAX_DOMAIN_OCTETS) return false;
  if (!text.startsWith('[')) return text.split('.').every(label => LABEL.test(label));
  const literal = /^\[(?:([A-Za-z0-9-]*[A-Za-z0-9]):)?([!-Z^-~]+)\]$/.exec(text);
  if (literal === null) return false;
  const [, tag, content = ''] = literal;
  if (tag === undefined) return isIpv4(content);
  return tag.toLowerCase() === 'ipv6' ? isIpv6(content) : true;
}

function isIpv4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every(octet => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  let count = groups.length;
  if (groups.at(-1)?.includes('.')) {
    if (!isIpv4(groups.pop()!)) return false;
    count++;
  }
  const complete = halves.length === 2 ? count < 8 : halves.length === 1 && count === 8;
  return complete && groups.every(group => /^[0-9A-Fa-f]{1,4}$/.test(group));
}
