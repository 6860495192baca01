import { octetTable } from './octet-escape.ts';

/** RFC 2045 §6.7 rule 5: lines of at most 76 characters, not counting CR LF. */
const LINE_COLUMNS = 76;

const LITERAL = 0;
const WHITE_SPACE = 1;
const ESCAPED = 2;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOT = 0x2e;
const EQUALS = 0x3d;

/** How each octet is written: as it is, as it is unless it ends a line, or as `=XX`. */
function octetClasses(): Uint8Array {
  const classes = new Uint8Array(256).fill(ESCAPED);
  classes.fill(LITERAL, 0x21, 0x7f);
  classes[EQUALS] = ESCAPED;
  classes[SPACE] = classes[TAB] = WHITE_SPACE;
  return classes;
}

/** The two hexadecimal digits of every octet, the first one in the high octet; rule 1 wants upper case. */
function digitPairs(): Uint16Array {
  return Uint16Array.from(octetTable('', /(?!)/), pair => (pair.charCodeAt(0) << 8) | pair.charCodeAt(1));
}

const CLASSES: Uint8Array = /* @__PURE__ */ octetClasses();
const DIGITS: Uint16Array = /* @__PURE__ */ digitPairs();

/** How {@link writeQuotedPrintable} reads its octets. */
export interface QuotedPrintableOptions {
  /** Whether CR LF is data to be kept as `=0D=0A` and not a line break of text; false by default. */
  readonly binary?: boolean;
  /** Whether a lone CR or LF is a line break of text too, written as CR LF, and not data; false by default. */
  readonly anyBreak?: boolean;
}

/** How far a call of {@link writeQuotedPrintable} came. */
export interface QuotedPrintableProgress {
  /** Offset in the target after the last octet. */
  end: number;
  /** Offset in the target where the last line starts. */
  lineTarget: number;
  /** Offset in the source of the first octet on the last line. */
  lineSource: number;
}

/** Octets that hold the encoded form of any input: lines broken early still have 64 columns. */
export function quotedPrintableBound(octets: number): number {
  return Math.ceil(octets * (3 + 9 / 64)) + 3;
}

/**
 * Writes octets as quoted-printable in one pass over input and output (RFC 2045 §6.7).
 *
 * @param options - which line ends are data
 */
export function writeQuotedPrintable(
  bytes: Uint8Array,
  target: Uint8Array,
  offset: number,
  options: QuotedPrintableOptions,
): QuotedPrintableProgress {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const output = new DataView(target.buffer, target.byteOffset, target.length);
  const octets = bytes.length;
  let end = offset;
  let position = 0;
  let column = 0;
  let lineTarget = offset;
  let lineSource = 0;
  for (;;) {
    if (column > 0 || !(bytes[position] === DOT || startsWithFrom(bytes, position))) {
      const start = position;
      const runEnd = Math.min(position + LINE_COLUMNS - 1 - column, octets);
      while (position + 4 <= runEnd) {
        const word = input.getUint32(position);
        if (!areLiteral(word)) break;
        output.setUint32(end, word);
        position += 4;
        end += 4;
      }
      while (position < runEnd && CLASSES[bytes[position]!]! <= WHITE_SPACE)
        target[end++] = bytes[position++]!;
      column += position - start;
    }
    if (endsLine(bytes, position, options)) {
      const last = bytes[position - 1]!;
      if (column > 0 && CLASSES[last] === WHITE_SPACE) {
        // Rule 3: no white space ends a line; without room for its three columns it has a line of its own.
        end = writeEscape(
          output,
          column + 2 > LINE_COLUMNS ? writeSoftBreak(output, end - 1) : end - 1,
          last,
        );
      }
      if (position === octets) return { end, lineTarget, lineSource };
      output.setUint16(end, 0x0d0a);
      end += 2;
      position += bytes[position] === CR && bytes[position + 1] === LF ? 2 : 1;
    } else {
      // The last column is for the `=` of a soft break, unless the line ends with this character anyway.
      const octet = bytes[position]!;
      const next = characterEnd(bytes, position);
      const literal = column > 0 && CLASSES[octet] === LITERAL;
      const width = literal ? 1 : 3 * (next - position);
      const room = LINE_COLUMNS - column - width;
      if (room > 0 || (room === 0 && endsLine(bytes, next, options))) {
        column += width;
        if (literal) target[end++] = bytes[position++]!;
        else for (; position < next; position++) end = writeEscape(output, end, bytes[position]!);
        continue;
      }
      end = writeSoftBreak(output, end);
    }
    column = 0;
    lineTarget = end;
    lineSource = position;
  }
}

/** Whether none of four octets is a control, `=`, DEL or above 127; each test can only err to the safe side. */
function areLiteral(word: number): boolean {
  const tests = word | (word - 0x20202020) | (word + 0x01010101) | ((word ^ 0x3d3d3d3d) - 0x01010101);
  return (tests & 0x80808080) === 0;
}

function writeSoftBreak(output: DataView, end: number): number {
  output.setUint8(end, EQUALS);
  output.setUint16(end + 1, 0x0d0a);
  return end + 3;
}

function writeEscape(output: DataView, end: number, octet: number): number {
  output.setUint8(end, EQUALS);
  output.setUint16(end + 1, DIGITS[octet]!);
  return end + 3;
}

function endsLine(bytes: Uint8Array, position: number, options: QuotedPrintableOptions): boolean {
  if (position >= bytes.length) return true;
  const octet = bytes[position];
  if (options.binary || (octet !== CR && octet !== LF)) return false;
  return options.anyBreak || (octet === CR && bytes[position + 1] === LF);
}

/** The end of the UTF-8 character at a position; octets that are no UTF-8 stand alone. */
function characterEnd(bytes: Uint8Array, position: number): number {
  const octet = bytes[position]!;
  const octets = octet < 0xc2 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf5 ? 4 : 1;
  let next = position + 1;
  while (next < position + octets && (bytes[next]! & 0xc0) === 0x80) next++;
  return next;
}

/** Whether a line starts with `From `, which stores of the mbox kind change. */
export function startsWithFrom(bytes: Uint8Array, start: number): boolean {
  return (
    bytes[start] === 0x46 &&
    bytes[start + 1] === 0x72 &&
    bytes[start + 2] === 0x6f &&
    bytes[start + 3] === 0x6d &&
    bytes[start + 4] === SPACE
  );
}
