import { base64Length } from './base64.ts';
import type { BodyPart } from './body-part.ts';
import { ComposedMessage } from './composed-message.ts';
import { openContent } from './content.ts';
import { MimeError, quoteValue } from './error.ts';
import { lineOctets } from './limit.ts';
import { toCrlfBytes } from './line-ending.ts';
import { type LineScan, scanLines } from './line-scan.ts';
import type { EncodingChoice } from './message.ts';
import type { Piece } from './piece.ts';
import { quotedPrintableLength } from './quoted-printable.ts';

/** What octets a body needs the transport to carry (RFC 2045 §2.7 to §2.9), from least to most. */
export type Domain = '7bit' | '8bit' | 'binary';

/** A body with its encoding chosen. */
export interface EncodedBody {
  /** Value of Content-Transfer-Encoding; undefined where the part has its own. */
  readonly encoding: string | undefined;
  readonly domain: Domain;
  readonly pieces: readonly Piece[];
  /** Levels of multipart and message inside. */
  readonly height: number;
}

const columns = 76;
const encodings: ReadonlySet<unknown> = /* @__PURE__ */ new Set([
  'auto',
  'none',
  '7bit',
  '8bit',
  'binary',
  'quoted-printable',
  'base64',
]);
/** Charsets whose line ends are not single octets. */
const wideCharset = /^(?:utf-?(?:16|32)|ucs)/i;

/** Chooses how the content of a leaf is written (RFC 2045 §6). */
export function encodeBody(part: BodyPart, field: string): EncodedBody {
  const choice = part.encoding ?? 'auto';
  if (!encodings.has(choice))
    throw refuse(field, `Choose one of the transfer encodings, not ${quoteValue(choice)}`);
  // RFC 2046 §5.2.1: a message inside a message is not encoded; only message/global may be (RFC 6532 §3.5).
  const identity = /^(?:message\/(?!global)|multipart\/)/.test(part.type);
  if (identity && (choice === 'base64' || choice === 'quoted-printable')) {
    throw refuse(field, `Leave ${part.type} unencoded (RFC 2046 §5.2.1), not ${choice}`);
  }
  const { content } = part;
  if (content instanceof ComposedMessage && identity) return embed(content);
  const octets = octetsOf(content);
  if (octets === undefined) return encodeStream(part, choice, identity, field);
  if (identity) return asIs(toCrlfBytes(octets), choice, true, field);
  const wide = part.parameters.some(([name, value]) => name === 'charset' && wideCharset.test(value));
  const body = part.canonical && !wide ? toCrlfBytes(octets) : octets;
  if (choice === 'base64' || (choice === 'auto' && (wide || !/^text\//.test(part.type)))) return base64(body);
  if (choice === 'quoted-printable') return quotedPrintable(body, quotedPrintableLength(body));
  if (choice === 'auto') return fitting(body);
  return asIs(body, choice, choice !== 'none' && choice !== 'binary', field);
}

/** 7bit when it is, else the shorter of quoted-printable and base64. */
function fitting(body: Uint8Array): EncodedBody {
  const scan = scanLines(body);
  if (scan.eightBit === 0 && !scan.fragile && isLines(scan)) {
    return { encoding: '7bit', domain: '7bit', pieces: [body], height: 0 };
  }
  const length = quotedPrintableLength(body);
  return length <= base64Length(body.length, columns) ? quotedPrintable(body, length) : base64(body);
}

function quotedPrintable(octets: Uint8Array, length: number): EncodedBody {
  // A copy: were the caller to change the octets, their encoded length would be another.
  const piece: Piece = { octets: octets.slice(), encoding: 'quoted-printable', length };
  return { encoding: 'quoted-printable', domain: '7bit', pieces: [piece], height: 0 };
}

function base64(octets: Uint8Array): EncodedBody {
  const piece: Piece = { octets, encoding: 'base64', length: base64Length(octets.length, columns) };
  return { encoding: 'base64', domain: '7bit', pieces: [piece], height: 0 };
}

function isLines(scan: LineScan): boolean {
  return !scan.binary && scan.longestLine <= lineOctets;
}

/** Octets that are not encoded: checked against what they are declared to be. */
function asIs(octets: Uint8Array, choice: EncodingChoice, mustBeLines: boolean, field: string): EncodedBody {
  const scan = scanLines(octets);
  const domain = !isLines(scan) ? 'binary' : scan.eightBit > 0 ? '8bit' : '7bit';
  if (mustBeLines && domain === 'binary') {
    throw refuse(
      field,
      `Choose base64, since there is a NUL, a bare CR or LF, or a line above ${lineOctets} octets`,
    );
  }
  if (choice === '7bit' && domain !== '7bit')
    throw refuse(field, 'Choose 8bit or base64, since there are octets above 127');
  const encoding = choice === 'none' ? undefined : choice === 'auto' ? domain : choice;
  const carried = choice === '8bit' || choice === 'binary' ? choice : domain;
  return { encoding, domain: carried, pieces: [octets.slice()], height: 0 };
}

function embed(message: ComposedMessage): EncodedBody {
  const domain = message.envelope.body ?? '7bit';
  return { encoding: domain, domain, pieces: message.pieces, height: message.height };
}

function encodeStream(part: BodyPart, choice: EncodingChoice, identity: boolean, field: string): EncodedBody {
  const source = openContent(part.content, field);
  // Only reading could tell that no octet is above 127, and the header is written before.
  const encoding = choice !== 'auto' ? choice : identity ? '8bit' : 'base64';
  if (encoding === 'none') throw refuse(field, 'Name the encoding of a stream, not none');
  const length =
    source.octets === undefined || encoding !== 'base64' ? undefined : base64Length(source.octets, columns);
  const piece: Piece = {
    open: source.open,
    encoding,
    length,
    replayable: source.replayable,
    field,
    boundaries: [],
  };
  const domain = encoding === '8bit' || encoding === 'binary' ? encoding : '7bit';
  return { encoding, domain, pieces: [piece], height: 0 };
}

function octetsOf(content: unknown): Uint8Array | undefined {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return content;
  if (ArrayBuffer.isView(content))
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  return undefined;
}

function refuse(field: string, advice: string): MimeError {
  return new MimeError('invalid-encoding', `${advice}, for ${field}`, { field });
}
