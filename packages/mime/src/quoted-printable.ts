/** RFC 2045 §6.7 rule 5: lines of at most 76 characters, not counting CR LF. */
const LINE_COLUMNS = 76;

const LITERAL = 0;
const ESCAPED = 1;
const WHITE_SPACE = 2;
const BREAK = 3;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOT = 0x2e;
const EQUALS = 0x3d;
const CAPITAL_F = 0x46;

/** How {@link encodeQuotedPrintable} reads its octets. */
export interface QuotedPrintableOptions {
  /** Whether CR LF is data to be kept as `=0D=0A` and not a line break of text; false by default. */
  readonly binary?: boolean;
}

/** How each octet is written: as it is, as `=XX`, or depending on what follows. */
function octetClasses(): Uint8Array {
  const classes = new Uint8Array(256).fill(ESCAPED);
  classes.fill(LITERAL, 0x21, 0x7f);
  classes[EQUALS] = ESCAPED;
  classes[SPACE] = classes[TAB] = WHITE_SPACE;
  classes[CR] = BREAK;
  return classes;
}

const CLASSES: Uint8Array = /* @__PURE__ */ octetClasses();

/**
 * Encodes octets as quoted-printable (RFC 2045 §6.7) with lines of at most 76 characters.
 *
 * CR LF stays a line break, a lone CR or LF is data; soft breaks never cut a UTF-8 character; a line never
 * starts with `.` or `From ` and never ends in white space, so that careless relays cannot change it.
 *
 * @param bytes - octets of any length, text with CR LF line ends unless `binary`
 * @param options - whether line breaks are data
 * @returns the encoded text as ASCII octets
 * @example Encode a text body
 * ```ts
 * encodeQuotedPrintable(new TextEncoder().encode('Grüße')); // Gr=C3=BC=C3=9Fe
 * ```
 */
export function encodeQuotedPrintable(
  bytes: Uint8Array,
  options: QuotedPrintableOptions = {},
): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(quotedPrintableLength(bytes, options));
  encodeQuotedPrintableInto(bytes, target, 0, options);
  return target;
}

/**
 * Counts the octets that {@link encodeQuotedPrintable} writes.
 *
 * @param bytes - octets of any length
 * @param options - whether line breaks are data
 * @example Choose the shorter encoding
 * ```ts
 * const encoding = quotedPrintableLength(body) <= base64Length(body.length, 76) ? 'quoted-printable' : 'base64';
 * ```
 */
export function quotedPrintableLength(bytes: Uint8Array, options: QuotedPrintableOptions = {}): number {
  // Writing past the end of a typed array does nothing: an empty one turns the encoder into a ruler.
  return write(bytes, new Uint8Array(0), 0, options.binary === true);
}

/**
 * Writes octets as quoted-printable into a buffer of the caller (RFC 2045 §6.7).
 *
 * @param bytes - octets of any length
 * @param target - buffer with room for {@link quotedPrintableLength} octets after `offset`
 * @param offset - where to write the first octet
 * @param options - whether line breaks are data
 * @returns the offset after the last octet; beyond the end of `target` when that was too small
 * @example Fill one buffer with several parts
 * ```ts
 * const end = encodeQuotedPrintableInto(body, arena, start);
 * ```
 */
export function encodeQuotedPrintableInto(
  bytes: Uint8Array,
  target: Uint8Array,
  offset: number,
  options: QuotedPrintableOptions = {},
): number {
  return write(bytes, target, offset, options.binary === true);
}

function write(bytes: Uint8Array, target: Uint8Array, offset: number, binary: boolean): number {
  const octets = bytes.length;
  let end = offset;
  let column = 0;
  let position = 0;
  while (position < octets) {
    const first = bytes[position]!;
    if (first === CR && !binary && bytes[position + 1] === LF) {
      target[end++] = CR;
      target[end++] = LF;
      position += 2;
      column = 0;
      continue;
    }
    const next = nextCharacter(bytes, position);
    const last = next === octets || (!binary && bytes[next] === CR && bytes[next + 1] === LF);
    const literal = isLiteral(bytes, position, column, last);
    const width = literal ? 1 : 3 * (next - position);
    // The last column is for the `=` of a soft break, unless the line ends here anyway.
    if (column + width > LINE_COLUMNS - (last ? 0 : 1)) {
      target[end++] = EQUALS;
      target[end++] = CR;
      target[end++] = LF;
      column = 0;
      continue;
    }
    column += width;
    if (literal) {
      target[end++] = first;
      position++;
    } else {
      for (; position < next; position++) {
        const octet = bytes[position]!;
        target[end++] = EQUALS;
        target[end++] = hexDigit(octet >> 4);
        target[end++] = hexDigit(octet & 15);
      }
    }
  }
  return end;
}

function isLiteral(bytes: Uint8Array, position: number, column: number, last: boolean): boolean {
  const octet = bytes[position]!;
  const kind = CLASSES[octet]!;
  if (kind === WHITE_SPACE) return !last;
  if (kind !== LITERAL) return false;
  if (column > 0) return true;
  return octet !== DOT && (octet !== CAPITAL_F || !startsWithFrom(bytes, position));
}

function startsWithFrom(bytes: Uint8Array, position: number): boolean {
  return (
    bytes[position + 1] === 0x72 &&
    bytes[position + 2] === 0x6f &&
    bytes[position + 3] === 0x6d &&
    bytes[position + 4] === SPACE
  );
}

/** The end of the UTF-8 character at a position; octets that are no UTF-8 stand alone. */
function nextCharacter(bytes: Uint8Array, position: number): number {
  const octet = bytes[position]!;
  const wanted = octet < 0xc2 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf5 ? 4 : 1;
  let next = position + 1;
  while (next < position + wanted && (bytes[next]! & 0xc0) === 0x80) next++;
  return next;
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
