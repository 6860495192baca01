import { base64Length } from './base64.ts';
import type { BodyPart } from './body-part.ts';
import { ComposedMessage } from './composed-message.ts';
import { octetsOf, openContent } from './content.ts';
import { refuse } from './error.ts';
import { lineOctets } from './limit.ts';
import { toCrlfBytes } from './line-ending.ts';
import { scanLines } from './line-scan.ts';
import { unfitAdvice } from './pass-through.ts';
import { base64Columns, base64Piece, type Piece } from './piece.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';

/** What octets a body needs the transport to carry, from least to most, in the order of the alphabet (RFC 2045 §2.7 to §2.9). */
const domains = ['7bit', '8bit', 'binary'] as const;
export type Domain = (typeof domains)[number];

/** Types of message that may hold nothing above 127 (RFC 2046 §5.2.2 and §5.2.3, RFC 3464, RFC 8098, RFC 5965). */
const only7bit =
  /^message\/(?:partial|external-body|delivery-status|disposition-notification|feedback-report)$/;

/** A body with its encoding chosen. */
export interface EncodedBody {
  /** Value of Content-Transfer-Encoding; undefined where the part has its own. */
  readonly encoding: string | undefined;
  /** Content type: that of the part, or `message/global` for a message whose header is not ASCII. */
  readonly type: string;
  readonly domain: Domain;
  readonly pieces: readonly Piece[];
  /** Levels of multipart and message inside. */
  readonly height: number;
}

/** Chooses how the content of a leaf is written (RFC 2045 §6). */
export function encodeBody(
  { type, parameters, content, canonical, encoding: choice = 'auto' }: BodyPart,
  field: string,
): EncodedBody {
  const as = (
    encoding: string | undefined,
    piece: Piece,
    domain: Domain = '7bit',
    written: string = type,
  ): EncodedBody => ({
    encoding,
    type: written,
    domain,
    pieces: [piece],
    height: 0,
  });
  const declared = domains.find(domain => domain === choice);
  if (!declared && !/^(?:auto|none|base64|quoted-printable)$/.test(choice))
    refuse('invalid-encoding', field, 'Choose a transfer encoding', choice);
  // A multipart that is written already names its boundary.
  if (type.startsWith('multipart/') && !parameters.some(([name]) => name === 'boundary'))
    refuse('invalid-content', field, `Name the boundary of ${type}`);
  // RFC 2046 §5.2.1: a message inside a message is not encoded; only message/global may be (RFC 6532 §3.5).
  const isMessage = /^(?:message\/(?!global)|multipart\/)/.test(type);
  if (isMessage && (choice === 'base64' || choice === 'quoted-printable'))
    refuse('invalid-encoding', field, `Leave ${type} unencoded`, choice);
  if (isMessage && content instanceof ComposedMessage) {
    const { envelope, pieces, height } = content;
    const domain = envelope.body ?? (envelope.smtputf8 ? '8bit' : '7bit');
    return { encoding: domain, type: messageType(type, envelope.smtputf8), domain, pieces, height };
  }
  const [, charset = 'utf-8'] = parameters.find(([name]) => name === 'charset') ?? [];
  const usual = /^utf-?8$/i.test(charset);
  // Line ends of UTF-16 and its like are not single octets.
  const wide = !usual && /^(?:utf-?(?:16|32)|(?:iso-10646-)?ucs)/i.test(charset);
  // Nor is their ASCII; that of other charsets is UTF-8 as well.
  if (!usual && typeof content === 'string' && (wide || !isAscii(content)))
    refuse('invalid-content', field, 'Give octets for a charset other than UTF-8', charset);
  const text = isMessage || (canonical === true && !wide);
  const octets = octetsOf(content);
  if (!octets) {
    // Only reading could tell that no octet is above 127, and the header is written before.
    const encoding = choice !== 'auto' ? choice : isMessage ? '8bit' : 'base64';
    if (encoding === 'none')
      return refuse('invalid-encoding', field, 'Name the encoding of a stream', choice);
    const source = openContent(content, field);
    const length =
      encoding === 'base64' && source.size !== undefined && !text
        ? base64Length(source.size, base64Columns)
        : undefined;
    return as(
      encoding,
      { ...source, encoding, canonical: text, length, field, boundaries: [] },
      declared ?? (isMessage ? '8bit' : '7bit'),
    );
  }
  const free = choice === 'auto' && !isMessage;
  const base64 = (): EncodedBody => as('base64', base64Piece(text ? toCrlfBytes(octets) : octets));
  if (choice === 'base64' || (free && (wide || !type.startsWith('text/')))) return base64();
  const { eightBit, headerOctets, nul, bareBreaks, longestLine, fragile } = scanLines(octets);
  const binary = nul || longestLine > lineOctets || (!text && bareBreaks > 0);
  const domain = binary ? 'binary' : eightBit > 0 ? '8bit' : '7bit';
  if (choice === 'quoted-printable' || (free && (fragile || domain !== '7bit'))) {
    const limit = free ? base64Length(octets.length + (text ? bareBreaks : 0), base64Columns) : Infinity;
    // Each octet above 127 takes three: what is certain to be longer need not be encoded to know it.
    if (octets.length + 2 * eightBit > limit) return base64();
    const encoded = encodeQuotedPrintable(octets, { anyBreak: text });
    return encoded.length > limit ? base64() : as('quoted-printable', encoded);
  }
  const allowed = only7bit.test(type) ? '7bit' : (declared ?? (isMessage ? '8bit' : 'binary'));
  if (domain > allowed) refuse('invalid-encoding', field, unfitAdvice(allowed), domain);
  return as(
    choice === 'none' ? undefined : (declared ?? domain),
    text && bareBreaks > 0 ? toCrlfBytes(octets) : octets.slice(),
    declared ?? domain,
    messageType(type, eightBit > 0 && isUtf8Header(octets.subarray(0, headerOctets))),
  );
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** Whether a header has octets above 127 that are UTF-8; those of other charsets make no message/global (RFC 6532 §3.1). */
function isUtf8Header(octets: Uint8Array): boolean {
  try {
    return !isAscii(new TextDecoder('utf-8', { fatal: true }).decode(octets));
  } catch {
    return false;
  }
}

/** "contains 8-bit UTF-8 header values" (RFC 6532 §3.7). */
function messageType(type: string, utf8: boolean | undefined): string {
  return utf8 && type === 'message/rfc822' ? 'message/global' : type;
}
