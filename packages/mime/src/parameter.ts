import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import { escapeOctets, type OctetTable, octetTable } from './octet-escape.ts';

/** RFC 5322 §2.1.1: 78 columns, less the space a piece is folded with and the `;` after it. */
const PIECE_COLUMNS = 76;
/** Octets of an extended value: RFC 2231 §7 attribute-char, without those that RFC 8187 §3.2.1 leaves out. */
const ESCAPES: OctetTable = /* @__PURE__ */ octetTable('%', /[\w!#$&+.^`{|}~-]/);

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
  return parameterPieces(name, value, options.fallback, name);
}

/**
 * Does what {@link encodeParameter} does.
 *
 * @param field the place in the message, for the error.
 */
export function parameterPieces(
  name: string,
  value: string,
  fallback: boolean | undefined,
  field: string,
): string[] {
  // RFC 2231 §7: `*`, `'` and `%` are for the extended form.
  if (!/^[\w!#$&+.^`{|}~-]+$/.test(name))
    refuse('invalid-parameter', field, 'Give a token as parameter name', name);
  refuseControls(value, field);
  // Every reader takes a quoted value as it is without escapes, percent signs, an encoded word, a space to trim.
  const isToken = /^[\w.+-]+$/.test(value);
  if (isToken || !/[^ -~]|["\\%]|=\?|^ | $/.test(value)) {
    const piece = `${name}=${isToken ? value : `"${value}"`}`;
    // Readers that know no RFC 2231 must still find the end of a part.
    if (piece.length <= PIECE_COLUMNS || name === 'boundary') return [piece];
  }
  const pieces = extendedPieces(name, value);
  return fallback ? [...pieces, fallbackPiece(name, value)] : pieces;
}

function extendedPieces(name: string, value: string): string[] {
  const single = `${name}*=utf-8''${escapeOctets(value, ESCAPES)}`;
  if (single.length <= PIECE_COLUMNS) return [single];
  const pieces: string[] = [];
  let piece = `${name}*0*=utf-8''`;
  for (const character of value) {
    const escaped = escapeOctets(character, ESCAPES);
    if (piece.length + escaped.length > PIECE_COLUMNS) {
      pieces.push(piece);
      piece = `${name}*${pieces.length}*=`;
    }
    piece += escaped;
  }
  return [...pieces, piece];
}

/** Accents go, other characters outside ASCII become `_`, and a long value loses its middle. */
function fallbackPiece(name: string, value: string): string {
  const plain = value
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    // What a character is made of may be a path where the character is none.
    .replace(/["\\%?/]|[^ -~]|^\.*$/gu, '_');
  const room = PIECE_COLUMNS - name.length - 3;
  const [extension = ''] = /(?<=.)\.[^.]{0,10}$/.exec(plain) ?? [];
  const whole = plain.length <= room ? plain : plain.slice(0, room - extension.length) + extension;
  return `${name}="${whole}"`;
}
