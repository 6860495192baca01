import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import { octetEscapes } from './octet-escape.ts';
import { utf8 } from './utf8.ts';

/** RFC 5322 §2.1.1: 78 columns, less the space a piece is folded with and the `;` after it. */
const PIECE_COLUMNS = 76;
/** Octets of an extended value: RFC 2231 §7 attribute-char, without those that RFC 8187 §3.2.1 leaves out. */
const ESCAPES: readonly string[] = /* @__PURE__ */ octetEscapes('%', /[!#$&+\-.0-9A-Z^_`a-z{|}~]/);

/** How {@link encodeParameter} may write a value. */
export interface ParameterOptions {
  /** Whether an ASCII approximation follows a value that needs RFC 2231; not before it, since some readers take the first. */
  readonly fallback?: boolean;
}

/**
 * Writes one parameter of a header field (RFC 2045 §5.1, RFC 2231) as pieces to be joined by `;`.
 *
 * A short ASCII value is a token, where it has no specials that readers trip over, or a quoted-string; any other becomes `name*=utf-8''…`, continued as
 * `name*0*=`, `name*1*=` where a piece would pass column 78. Encoded words never appear.
 *
 * @param name - a token, `filename` for example
 * @param value - any text without control characters
 * @param options - whether an approximation in ASCII is wanted too
 * @returns pieces of at most 76 characters, in order
 * @throws HeaderInjectionError `control-character` when the value has one
 * @throws MimeError `invalid-parameter` when the name is no token
 * @example A Chinese file name
 * ```ts
 * encodeParameter('filename', '报告.pdf', { fallback: true });
 * // ["filename*=utf-8''%E6%8A%A5%E5%91%8A.pdf", 'filename="__.pdf"']
 * ```
 */
export function encodeParameter(name: string, value: string, options: ParameterOptions = {}): string[] {
  // RFC 2045 §5.1.
  if (!/^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/.test(name))
    refuse('invalid-parameter', name, 'Give a token as parameter name', name);
  refuseControls(value, name);
  if (isPlain(value)) {
    const piece = `${name}=${/^[\w.+-]+$/.test(value) ? value : `"${value}"`}`;
    if (piece.length <= PIECE_COLUMNS) return [piece];
  }
  const pieces = extendedPieces(name, value);
  return options.fallback ? [...pieces, fallbackPiece(name, value)] : pieces;
}

/** Whether every reader takes the quoted value as it is: no escapes, no percent signs, no encoded word, no space to trim. */
function isPlain(value: string): boolean {
  return /^[ -~]*$/.test(value) && !/["\\%]|=\?|^ | $/.test(value);
}

function extendedPieces(name: string, value: string): string[] {
  const characters: string[] = [];
  for (const octet of utf8(value)) {
    // A UTF-8 character stays whole.
    if ((octet & 0xc0) === 0x80) characters[characters.length - 1] += ESCAPES[octet]!;
    else characters.push(ESCAPES[octet]!);
  }
  const single = `${name}*=utf-8''${characters.join('')}`;
  if (single.length <= PIECE_COLUMNS) return [single];
  const pieces: string[] = [];
  let piece = `${name}*0*=utf-8''`;
  for (const character of characters) {
    if (piece.length + character.length > PIECE_COLUMNS) {
      pieces.push(piece);
      piece = `${name}*${pieces.length}*=`;
    }
    piece += character;
  }
  pieces.push(piece);
  return pieces;
}

/** Accents go, other characters outside ASCII become `_`, and a long value loses its middle. */
function fallbackPiece(name: string, value: string): string {
  const plain = value
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/["\\%?]|[^ -~]/gu, '_');
  const room = PIECE_COLUMNS - name.length - 3;
  if (plain.length <= room) return `${name}="${plain}"`;
  const dot = plain.lastIndexOf('.');
  const extension = dot > plain.length - 12 && dot > 0 ? plain.slice(dot) : '';
  return `${name}="${plain.slice(0, room - extension.length)}${extension}"`;
}
