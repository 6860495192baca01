import { type EnhancedStatus, parseEnhancedStatus } from './enhanced-status.ts';
import { MAX_REPLY_LINE_OCTETS, MAX_REPLY_OCTETS } from './limit.ts';
import { joinOctets } from './octets.ts';

/** A complete reply (RFC 5321 §4.2); `lines` are the texts as sent, the enhanced status still in them. */
export interface Reply {
  readonly code: number;
  readonly enhanced?: EnhancedStatus;
  readonly lines: readonly string[];
}

/** Limits of a `ReplyParser`, in octets. */
export interface ReplyLimits {
  readonly maxReplyLine?: number;
  readonly maxReplyBytes?: number;
}

/** Why octets are not a reply. */
export type ReplyFault = 'malformed-reply' | 'reply-too-long';

const LF = 0x0a;
const CR = 0x0d;
const HYPHEN = 0x2d;
/** What the first octets of a line may look like; a line that cannot become a reply is refused before its end. */
const LINE_START = /^(?:\r*|[1-5]\d{0,2}|[1-5]\d\d(?:\r|[ -].?))$/s;

/**
 * Splits a server's octets into replies (RFC 5321 §4.2, §4.2.1). Bare LF and blank lines are tolerated, the code
 * of the last line of a multi-line reply counts, and memory is bounded by the limits.
 *
 * @example Read two replies from one segment
 * ```ts
 * const parser = new ReplyParser();
 * parser.push(new TextEncoder().encode('250-x.test\r\n250 SIZE\r\n354 go\r\n'));
 * parser.next(); // { code: 250, lines: ['x.test', 'SIZE'] }
 * parser.next(); // { code: 354, lines: ['go'] }
 * parser.next(); // undefined: more octets are needed
 * ```
 */
export class ReplyParser {
  readonly #maxLine: number;
  readonly #maxOctets: number;
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #line: number[] = [];
  #lines: string[] = [];
  #octets = 0;
  #fault: ReplyFault | undefined;

  /** @param limits Longest line without its line end, and longest reply. */
  constructor({ maxReplyLine = MAX_REPLY_LINE_OCTETS, maxReplyBytes = MAX_REPLY_OCTETS }: ReplyLimits = {}) {
    this.#maxLine = maxReplyLine;
    this.#maxOctets = maxReplyBytes;
  }

  /** True while octets are held that have not become a reply. */
  get pending(): boolean {
    return this.#octets > 0 || this.#at < this.#input.length;
  }

  /** Takes octets as they come; `next()` reads them in place. */
  push(bytes: Uint8Array): void {
    const rest = this.#input.subarray(this.#at);
    this.#input = rest.length > 0 ? joinOctets([rest, bytes]) : bytes;
    this.#at = 0;
  }

  /** Gives the next reply, undefined when more octets are needed, or the fault, at which the parser stays. */
  next(): Reply | ReplyFault | undefined {
    while (this.#fault === undefined && this.#at < this.#input.length) {
      const octet = this.#input[this.#at++]!;
      this.#octets++;
      if (octet === LF) {
        const reply = this.#endLine();
        if (reply !== undefined) return reply;
      } else {
        this.#take(octet);
      }
    }
    return this.#fault;
  }

  #take(octet: number): void {
    const { length } = this.#line;
    if (length - (octet === CR ? 1 : 0) >= this.#maxLine || this.#octets > this.#maxOctets)
      this.#fault = 'reply-too-long';
    this.#line.push(octet);
    if (octet === 0 || (length < 5 && !LINE_START.test(String.fromCharCode(...this.#line))))
      this.#fault = 'malformed-reply';
  }

  #endLine(): Reply | undefined {
    const line = this.#line;
    this.#line = [];
    while (line.at(-1) === CR) line.pop();
    if (line.length === 0) {
      // A blank line between replies is no part of any; inside of one it counts towards its size.
      if (this.#lines.length === 0) this.#octets = 0;
      return undefined;
    }
    const code = Number(String.fromCharCode(...line.slice(0, 3)));
    if (line.length < 3) this.#fault = 'malformed-reply';
    const lines = this.#lines;
    lines.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(line.slice(4))));
    if (line.length < 3 || line[3] === HYPHEN) return undefined;
    this.#lines = [];
    this.#octets = 0;
    const enhanced = parseEnhancedStatus(code, lines.at(-1)!);
    return enhanced === undefined ? { code, lines } : { code, enhanced, lines };
  }
}

/**
 * Writes a reply as a server sends it (RFC 5321 §4.2.1); an enhanced status that the texts lack is put before
 * each of them (RFC 2034 §4).
 *
 * @param reply Code, texts, and perhaps an enhanced status.
 * @throws TypeError At a code outside 200 to 599, or at a line end in a text.
 *
 * @example Refuse a recipient
 * ```ts
 * formatReply({ code: 550, enhanced: '5.1.1', lines: ['No such mailbox'] }); // '550 5.1.1 No such mailbox\r\n'
 * ```
 */
export function formatReply({ code, enhanced, lines }: Reply): string {
  if (!(Number.isInteger(code) && code >= 200 && code < 600))
    throw new TypeError(`Give a reply code, not ${code}`);
  const texts = lines.length === 0 ? [''] : lines;
  return texts
    .map((line, i) => {
      if (/[\r\n\0]/.test(line)) throw new TypeError(`Give one text for each line: ${JSON.stringify(line)}`);
      const status = enhanced === undefined || line.startsWith(`${enhanced} `) ? '' : `${enhanced} `;
      return `${code}${i < texts.length - 1 ? '-' : ' '}${status}${line}\r\n`;
    })
    .join('');
}
