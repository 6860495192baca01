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
  const digits = '0123456789ABCDEF';
  return Uint16Array.from(
    { length: 256 },
    (_, octet) => (digits.charCodeAt(octet >> 4) << 8) | digits.charCodeAt(octet & 15),
  );
}

const CLASSES: Uint8Array = /* @__PURE__ */ octetClasses();
const DIGITS: Uint16Array = /* @__PURE__ */ digitPairs();

/** Which line ends are line breaks: CR LF alone, CR and LF too, or none since the octets are data. */
export type LineBreaks = 'crlf' | 'any' | 'none';

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
 * @param breaks - which line ends stay line breaks
 */
export function writeQuotedPrintable(
  bytes: Uint8Array,
  target: Uint8Array,
  offset: number,
  breaks: LineBreaks,
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
    if (endsLine(bytes, position, breaks)) {
      if (column > 0) end = protectWhiteSpace(bytes[position - 1]!, output, end, column);
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
      if (room > 0 || (room === 0 && endsLine(bytes, next, breaks))) {
        column += width;
        if (literal) target[end++] = bytes[position++]!;
        else for (; position < next; position++) end = writeEscape(output, end, bytes[position]!);
        continue;
      }
      output.setUint8(end, EQUALS);
      output.setUint16(end + 1, 0x0d0a);
      end += 3;
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

/** Escapes white space at the end of a line (rule 3), on a line of its own where there is no room. */
function protectWhiteSpace(octet: number, output: DataView, end: number, column: number): number {
  if (octet !== SPACE && octet !== TAB) return end;
  if (column - 1 + 3 <= LINE_COLUMNS) return writeEscape(output, end - 1, octet);
  output.setUint8(end - 1, EQUALS);
  output.setUint16(end, 0x0d0a);
  return writeEscape(output, end + 2, octet);
}

function writeEscape(output: DataView, end: number, octet: number): number {
  output.setUint8(end, EQUALS);
  output.setUint16(end + 1, DIGITS[octet]!);
  return end + 3;
}

function endsLine(bytes: Uint8Array, position: number, breaks: LineBreaks): boolean {
  if (position >= bytes.length) return true;
  const octet = bytes[position];
  if (octet === CR) return breaks === 'any' || (breaks === 'crlf' && bytes[position + 1] === LF);
  return octet === LF && breaks === 'any';
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
